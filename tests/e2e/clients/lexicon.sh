# shellcheck shell=bash
# lexicon, for DNSPod's site for China; read by tests/e2e/clients.sh.

says_who dns-lexicon
login=(--auth-username 10001 --auth-token 0123456789abcdef0123456789abcdef)
lexicon() { client "$venv/bin/lexicon" dnspod "${login[@]}" --output JSON "$@"; }
pod() { records dnspod-china example.cn | jq -r '[.name, .type, .ttl, .line, .value] | join(" ")'; }
ids_of() { records dnspod-china example.cn | jq -r .id; }
strict() { control "switch?service=dnspod-china&name=strict-user-agents&on=$1" -X POST >/dev/null; }
strict true
check "its User-Agent is not what the documentation asks for" refused '.*HTTPError: 403 .*' lexicon list example.cn TXT
# Yet the service answered it in 2016.
strict false
asked >/dev/null
check "it creates a record" equal "$(lexicon create example.cn A --name home --content 192.0.2.1 --ttl 900)" true
check "as it said" equal "$(pod)" "home A 900 默认 192.0.2.1"
check "after a look for the domain" asked_for "POST /Domain.Info 200 1" "POST /Record.Create 200 1"
id=$(ids_of)
check "it lists the record of a name, whose zone it learns from the DNS" equal "$(lexicon list home.example.cn A | jq -cS .)" \
    '[{"content":"192.0.2.1","id":"'"$id"'","name":"home.example.cn","ttl":"900","type":"A"}]'
check "it changes the record" equal \
    "$(lexicon update example.cn A --identifier "$id" --name home.example.cn --content 192.0.2.2 --ttl 600)" true
check "which keeps its id" equal "$(ids_of) $(pod)" "$id home A 600 默认 192.0.2.2"
check "it creates another" equal \
    "$(lexicon create example.cn TXT --name _acme-challenge.home.example.cn --content one --ttl 600)" true
check "and one more of the same name" equal \
    "$(lexicon create example.cn TXT --name _acme-challenge.home.example.cn --content two --ttl 600)" true
check "it finds one by its content" equal \
    "$(lexicon list example.cn TXT --name _acme-challenge.home --content two | jq -r '.[].id')" "$(ids_of | tail -n 1)"
check "it deletes one by its content" equal \
    "$(lexicon delete example.cn TXT --name _acme-challenge.home --content one)" true
check "and no other" equal "$(pod | cut -d ' ' -f 5 | xargs)" "192.0.2.2 two"
check "it deletes one by its id" equal "$(lexicon delete example.cn A --identifier "$id")" true
check "and no other" equal "$(pod)" "_acme-challenge.home TXT 600 默认 two"
check "all by the China site's calls" equal "$(asked | grep -v Domain.Info | cut -d ' ' -f 2- | xargs)" \
    "/Record.List 200 1 /Record.Modify 200 1 /Record.Create 200 1 /Record.Create 200 1 /Record.List 200 1 \
/Record.List 200 1 /Record.Remove 200 1 /Record.Remove 200 1"
check "a domain that is not in the account is refused as such" refused \
    '.*AuthenticationError: .*[Dd]omain.*' lexicon list example.org TXT
check "a TTL that the plan does not allow too" refused \
    '.*Exception: .*ttl.*' lexicon create example.cn A --name home --content 192.0.2.1 --ttl 60
login[3]=ffffffffffffffffffffffffffffffff
check "a wrong token too" refused '.*AuthenticationError: .+' lexicon list example.cn TXT
login[1]=10002
check "a wrong id too" refused '.*AuthenticationError: .+' lexicon list example.cn TXT
check "each by the code that says so" equal "$(asked | cut -d ' ' -f 2,4 | xargs)" \
    "/Domain.Info 13 /Domain.Info 1 /Record.Create 32 /Domain.Info 10004 /Domain.Info 10002"
check "and no record was touched" equal "$(pod)" "_acme-challenge.home TXT 600 默认 two"
