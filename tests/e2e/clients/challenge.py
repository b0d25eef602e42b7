"""certbot's plugin for Domeneshop through a dns-01 challenge: challenge.py CREDENTIALS NAME...

Everything is certbot's except the ACME server, whose challenges are made here. The records stand until a line is read from
the standard input. Says on the standard output, line by line, what each challenge's record has to hold.
"""

import os
import sys

import josepy
from acme import challenges, messages
from certbot import achallenges, errors
from certbot._internal import cli
from certbot._internal.display import obj
from certbot._internal.plugins import disco
from cryptography.hazmat.primitives.asymmetric import ec
from domeneshop.client import DomeneshopError

credentials, names = sys.argv[1], sys.argv[2:]
plugins = disco.PluginsRegistry.find_all()
config = cli.prepare_and_parse_args(
    plugins,
    [
        "certonly",
        "--non-interactive",
        "--dns-domeneshop-credentials",
        credentials,
        "--dns-domeneshop-propagation-seconds",
        "0",
    ],
)
with open(os.devnull, "w") as nowhere:
    obj.set_display(obj.NoninteractiveDisplay(nowhere))
    plugin = plugins["dns-domeneshop"].init(config)
    plugin.prepare()
    account = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
    asked = []
    for name in names:
        challenge = challenges.DNS01(token=os.urandom(32))
        body = messages.ChallengeBody(
            chall=challenge, uri="https://acme.invalid/", status=messages.STATUS_PENDING
        )
        identifier = messages.Identifier(typ=messages.IDENTIFIER_FQDN, value=name)
        asked.append(
            achallenges.KeyAuthorizationAnnotatedChallenge(
                challb=body, account_key=account, identifier=identifier
            )
        )
    try:
        plugin.perform(asked)
        for one in asked:
            print(one.validation(account), flush=True)
        sys.stdin.readline()
        plugin.cleanup(asked)
    except (DomeneshopError, errors.Error) as error:
        sys.exit(f"{type(error).__name__}: {error}")
