# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_moored_global_optspecs
    string join \n config= dry-run log= json once v/verbose h/help V/version
end

function __fish_moored_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_moored_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_moored_using_subcommand
    set -l cmd (__fish_moored_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c moored -n "__fish_moored_needs_command" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_needs_command" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_needs_command" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_needs_command" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_needs_command" -l once -d 'One round, then exit with a code that cron and timers can use; quiet if everything was right'
complete -c moored -n "__fish_moored_needs_command" -s v -l verbose -d 'With --once: a line for each host that was right already, too'
complete -c moored -n "__fish_moored_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_needs_command" -s V -l version -d 'Print version'
complete -c moored -n "__fish_moored_needs_command" -f -a "run" -d 'Keep the names right until told to stop (the default)'
complete -c moored -n "__fish_moored_needs_command" -f -a "plan" -d 'Show what a round would change, and why; change nothing'
complete -c moored -n "__fish_moored_needs_command" -f -a "detect" -d 'Ask every configured source for our addresses, at once'
complete -c moored -n "__fish_moored_needs_command" -f -a "check" -d 'Check configuration, credentials, zone and permission to read for every host; write nothing'
complete -c moored -n "__fish_moored_needs_command" -f -a "api" -d 'Call any operation of a provider\'s API'
complete -c moored -n "__fish_moored_needs_command" -f -a "import" -d 'Turn another updater\'s configuration into one of moored\'s, on standard output'
complete -c moored -n "__fish_moored_needs_command" -f -a "status" -d 'Show how the running daemon stands'
complete -c moored -n "__fish_moored_needs_command" -f -a "health" -d 'End with 0 while the running daemon is healthy, else with 1'
complete -c moored -n "__fish_moored_needs_command" -f -a "poke" -d 'Tell the running daemon that it is time to look'
complete -c moored -n "__fish_moored_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c moored -n "__fish_moored_needs_command" -f -a "man" -d 'Print a page of the manual, as `man -l -` shows it'
complete -c moored -n "__fish_moored_needs_command" -f -a "records" -d 'Show or change any record of an account, of any type'
complete -c moored -n "__fish_moored_using_subcommand run" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand run" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand run" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand run" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand plan" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand plan" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand plan" -l exit-code -d 'End with 10 when changes are pending'
complete -c moored -n "__fish_moored_using_subcommand plan" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand plan" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand detect" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand detect" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand detect" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand detect" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand detect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand check" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand check" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand check" -l offline -d 'Look at the configuration and the secrets it names only, and ask nobody'
complete -c moored -n "__fish_moored_using_subcommand check" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand check" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand api" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand api" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand api" -l list -d 'Show every operation with its parameters'
complete -c moored -n "__fish_moored_using_subcommand api" -l yes -d 'Send it even if it may change something'
complete -c moored -n "__fish_moored_using_subcommand api" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand api" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand import" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand import" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand import" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand import" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand status" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand status" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand status" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand status" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand health" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand health" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand health" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand health" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand poke" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand poke" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand poke" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand poke" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand poke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand completions" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand completions" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand completions" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand completions" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand man" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand man" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand man" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand man" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -a "list" -d 'Show the records of every zone, or of one zone or name'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -a "add" -d 'Add a record'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -a "set" -d 'Replace a record\'s content; what is not said stays'
complete -c moored -n "__fish_moored_using_subcommand records; and not __fish_seen_subcommand_from list add set delete" -a "delete" -d 'Delete a record'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from list" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from list" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from list" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from list" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -l ttl -d 'Time to live in seconds' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -l yes -d 'Do it'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l ttl -d 'Time to live in seconds' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l id -d 'Its identifier, where several have the name and type' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l yes -d 'Do it'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -l id -d 'Its identifier, where several have even that' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -l config -d 'The configuration file' -r -F
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -l log -d 'How much to log to standard error' -r
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -l yes -d 'Do it'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -l dry-run -d 'Write nothing at any provider'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -l json -d 'Answer in JSON on standard output'
complete -c moored -n "__fish_moored_using_subcommand records; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c moored -n "__fish_moored_using_subcommand completions" -f -a "bash zsh fish"
complete -c moored -n "__fish_moored_using_subcommand man" -f -a "moored moored.toml"
