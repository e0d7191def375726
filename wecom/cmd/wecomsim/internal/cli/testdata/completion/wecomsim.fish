complete -c wecomsim -n __fish_use_subcommand -f -a serve -d 'run the simulator'
complete -c wecomsim -n __fish_use_subcommand -f -a seed -d 'begin with a corp where people have been at work'
complete -c wecomsim -n __fish_use_subcommand -f -a act -d 'let a customer, a member or an administrator do something'
complete -c wecomsim -n __fish_use_subcommand -f -a trigger -d 'send the application any event or message of WeCom'
complete -c wecomsim -n __fish_use_subcommand -f -a listen -d 'forward callbacks to an application that the simulator cannot reach'
complete -c wecomsim -n __fish_use_subcommand -f -a doctor -d 'find out why WeCom does not take a callback URL'
complete -c wecomsim -n __fish_use_subcommand -f -a show -d 'show what the corp holds: members, customers, chats, messages, ...'
complete -c wecomsim -n __fish_use_subcommand -f -a calls -d 'show the calls that programs made'
complete -c wecomsim -n __fish_use_subcommand -f -a deliveries -d 'show callbacks and what became of them, or send one again'
complete -c wecomsim -n __fish_use_subcommand -f -a callback -d 'show or set the URLs that hear of events'
complete -c wecomsim -n __fish_use_subcommand -f -a corp -d 'show corps with their credentials, or add one'
complete -c wecomsim -n __fish_use_subcommand -f -a fault -d 'let calls fail'
complete -c wecomsim -n __fish_use_subcommand -f -a mishap -d 'let callbacks come twice, late, out of order, forged, or never'
complete -c wecomsim -n __fish_use_subcommand -f -a chaos -d 'let a bad day loose on every call and callback'
complete -c wecomsim -n __fish_use_subcommand -f -a limits -d 'show, set and reset the limits of calls'
complete -c wecomsim -n __fish_use_subcommand -f -a clock -d 'tell or change the simulator\'s time'
complete -c wecomsim -n __fish_use_subcommand -f -a snapshot -d 'keep all that the simulator knows in a file, or go back to it'
complete -c wecomsim -n __fish_use_subcommand -f -a reset -d 'go back to what the simulator began with'
complete -c wecomsim -n __fish_use_subcommand -f -a spec -d 'show the documented request and reply of an endpoint'
complete -c wecomsim -n __fish_use_subcommand -f -a record -d 'write down what programs and WeCom say to each other, with pseudonyms'
complete -c wecomsim -n __fish_use_subcommand -f -a replay -d 'answer as WeCom did in a recording, or look at what is in one'
complete -c wecomsim -n __fish_use_subcommand -f -a help -d 'tell how a command is used'
complete -c wecomsim -n __fish_use_subcommand -f -a completion -d 'print a script that completes commands in a shell'
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l addr
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l aes-key
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l callback
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l log-bytes
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l official-limits
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l persist
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l seed
complete -c wecomsim -n '__fish_seen_subcommand_from serve' -l token
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a list
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a show
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a check
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a schema
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a load
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a small-shop
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a messy
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -f -a ten-thousand-customers
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -l corp
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from seed' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-half-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a accept-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a invite-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a accept-member
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a scan-contact-way
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a edit-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a delete-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a delete-member
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a accept-transfer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a refuse-transfer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a write-to-member
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a write-to-customer
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a create-group-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a join-group-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a scan-join-way
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a leave-group-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a remove-from-group-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a chat-in-group
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a rename-group-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a change-group-notice
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a change-group-owner
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a use-group-welcome
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a dismiss-group-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a leave-app-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-tag-group
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-tag
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a rename-tag
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a order-tags
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a delete-tag
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a confirm-send
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a ignore-send
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a send-mass
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a set-mass-send-rule
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a publish-moment
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a post-moment
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a like-moment
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a comment-moment
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a open-acquisition-link
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-by-acquisition-link
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a delete-acquisition-link
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a buy-acquisition-quota
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a grant-component
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a set-acquisition-permit
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a click-card
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a click-card-menu
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-app
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-robot
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a remove-robot
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a revoke-tokens
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a revoke-page-tickets
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-aibot
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a enter-aibot-chat
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a write-to-aibot
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a mention-aibot
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a click-aibot-card
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a click-aibot-card-menu
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a rate-aibot
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a authorize
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a verify-again
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a login-to-mini-program
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-suite
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a authorize-suite
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a authorize-by-link
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a authorize-by-qr-code
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a change-authorization
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a cancel-authorization
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a reset-permanent-code
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a push-ticket
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a use-suite
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a pay-license-order
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a refund-license-order
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a order-suite
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a pay-suite-order
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a refund-suite-order
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-provider
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-register-template
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a register-corp
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a revoke-provider-tokens
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a add-member
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a leave
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a set-corp-verified
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a follow-school
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a unfollow-school
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a create-chain
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a join-chain
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a link-corp
complete -c wecomsim -n '__fish_seen_subcommand_from act' -f -a share-app
complete -c wecomsim -n '__fish_seen_subcommand_from act' -l args
complete -c wecomsim -n '__fish_seen_subcommand_from act' -l corp
complete -c wecomsim -n '__fish_seen_subcommand_from act' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from act' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from trigger' -l corp
complete -c wecomsim -n '__fish_seen_subcommand_from trigger' -l list
complete -c wecomsim -n '__fish_seen_subcommand_from trigger' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from trigger' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from trigger' -l set
complete -c wecomsim -n '__fish_seen_subcommand_from trigger' -l show
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l aes-key
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l agent
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l corp
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l forward-to
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l json
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l provider
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l robot
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l suite
complete -c wecomsim -n '__fish_seen_subcommand_from listen' -l token
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l aes-key
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l base-url
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l receive-id
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l robot
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l suite
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l token
complete -c wecomsim -n '__fish_seen_subcommand_from doctor' -l twice
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a members
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a customers
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a tags
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a groupchats
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a moments
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a masssends
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a media
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a contactways
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a joinways
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a groupwelcomes
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a appchats
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a links
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a robots
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a aibots
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a suites
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a conversations
complete -c wecomsim -n '__fish_seen_subcommand_from show' -f -a appmessages
complete -c wecomsim -n '__fish_seen_subcommand_from show' -l corp
complete -c wecomsim -n '__fish_seen_subcommand_from show' -l limit
complete -c wecomsim -n '__fish_seen_subcommand_from show' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from show' -l offset
complete -c wecomsim -n '__fish_seen_subcommand_from show' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from calls' -l code
complete -c wecomsim -n '__fish_seen_subcommand_from calls' -l follow
complete -c wecomsim -n '__fish_seen_subcommand_from calls' -l limit
complete -c wecomsim -n '__fish_seen_subcommand_from calls' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from calls' -l op
complete -c wecomsim -n '__fish_seen_subcommand_from calls' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from deliveries' -f -a replay
complete -c wecomsim -n '__fish_seen_subcommand_from deliveries' -l event
complete -c wecomsim -n '__fish_seen_subcommand_from deliveries' -l follow
complete -c wecomsim -n '__fish_seen_subcommand_from deliveries' -l limit
complete -c wecomsim -n '__fish_seen_subcommand_from deliveries' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from deliveries' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -f -a list
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -f -a set
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -f -a rm
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l aes-key
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l agent
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l corp
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l json
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l provider
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l robot
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l suite
complete -c wecomsim -n '__fish_seen_subcommand_from callback' -l token
complete -c wecomsim -n '__fish_seen_subcommand_from corp' -f -a list
complete -c wecomsim -n '__fish_seen_subcommand_from corp' -f -a add
complete -c wecomsim -n '__fish_seen_subcommand_from corp' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from corp' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -f -a add
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -f -a list
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -f -a rm
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l after
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l chance
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l code
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l delay
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l hang
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l http
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l lost
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l not-json
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l reset
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l seed
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l times
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l truncate
complete -c wecomsim -n '__fish_seen_subcommand_from fault' -l where
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -f -a add
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -f -a list
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -f -a rm
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l after
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l bad-signature
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l delay
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l duplicate
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l lag
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l lose
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l old-keys
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l old-timestamp
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l oversize
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l reorder
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l times
complete -c wecomsim -n '__fish_seen_subcommand_from mishap' -l wrong-receive-id
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a start
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a list
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a stop
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a profiles
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a rush-hour
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a flaky-nat
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -f -a token-storm
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -l seed
complete -c wecomsim -n '__fish_seen_subcommand_from chaos' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -f -a set
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -f -a reset
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -l in-flight
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -l max
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -l one-at-a-time
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -l per
complete -c wecomsim -n '__fish_seen_subcommand_from limits' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from clock' -f -a advance
complete -c wecomsim -n '__fish_seen_subcommand_from clock' -f -a freeze
complete -c wecomsim -n '__fish_seen_subcommand_from clock' -f -a unfreeze
complete -c wecomsim -n '__fish_seen_subcommand_from clock' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from clock' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from snapshot' -f -a save
complete -c wecomsim -n '__fish_seen_subcommand_from snapshot' -f -a load
complete -c wecomsim -n '__fish_seen_subcommand_from snapshot' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from snapshot' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from reset' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from reset' -l server
complete -c wecomsim -n '__fish_seen_subcommand_from spec' -s o
complete -c wecomsim -n '__fish_seen_subcommand_from spec' -l search
complete -c wecomsim -n '__fish_seen_subcommand_from record' -l keep
complete -c wecomsim -n '__fish_seen_subcommand_from record' -l listen
complete -c wecomsim -n '__fish_seen_subcommand_from record' -l media
complete -c wecomsim -n '__fish_seen_subcommand_from record' -l out
complete -c wecomsim -n '__fish_seen_subcommand_from record' -l upstream
complete -c wecomsim -n '__fish_seen_subcommand_from replay' -l check
complete -c wecomsim -n '__fish_seen_subcommand_from replay' -l listen
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a serve
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a seed
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a act
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a trigger
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a listen
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a doctor
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a show
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a calls
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a deliveries
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a callback
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a corp
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a fault
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a mishap
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a chaos
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a limits
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a clock
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a snapshot
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a reset
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a spec
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a record
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a replay
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a help
complete -c wecomsim -n '__fish_seen_subcommand_from help' -f -a completion
complete -c wecomsim -n '__fish_seen_subcommand_from completion' -f -a bash
complete -c wecomsim -n '__fish_seen_subcommand_from completion' -f -a fish
complete -c wecomsim -n '__fish_seen_subcommand_from completion' -f -a zsh
