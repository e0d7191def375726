#compdef wecomsim
_wecomsim() {
	if ((CURRENT == 2)); then
		local -a commands=(
			'serve:run the simulator'
			'seed:begin with a corp where people have been at work'
			'act:let a customer, a member or an administrator do something'
			'trigger:send the application any event or message of WeCom'
			'listen:forward callbacks to an application that the simulator cannot reach'
			'doctor:find out why WeCom does not take a callback URL'
			'show:show what the corp holds: members, customers, chats, messages, ...'
			'calls:show the calls that programs made'
			'deliveries:show callbacks and what became of them, or send one again'
			'callback:show or set the URLs that hear of events'
			'corp:show corps with their credentials, or add one'
			'fault:let calls fail'
			'mishap:let callbacks come twice, late, out of order, forged, or never'
			'chaos:let a bad day loose on every call and callback'
			'limits:show, set and reset the limits of calls'
			'clock:tell or change the simulator'\''s time'
			'snapshot:keep all that the simulator knows in a file, or go back to it'
			'reset:go back to what the simulator began with'
			'spec:show the documented request and reply of an endpoint'
			'record:write down what programs and WeCom say to each other, with pseudonyms'
			'replay:answer as WeCom did in a recording, or look at what is in one'
			'help:tell how a command is used'
			'completion:print a script that completes commands in a shell'
		)
		_describe command commands
		return
	fi
	case "${words[2]}" in
	serve) compadd -- --addr --aes-key --callback --log-bytes -o --official-limits --persist --seed --token ;;
	seed) compadd -- list show check schema load small-shop messy ten-thousand-customers --corp -o --server ;;
	act) compadd -- add-customer add-half-customer accept-customer invite-customer accept-member scan-contact-way edit-customer delete-customer delete-member accept-transfer refuse-transfer write-to-member write-to-customer chat create-group-chat join-group-chat scan-join-way leave-group-chat remove-from-group-chat chat-in-group rename-group-chat change-group-notice change-group-owner use-group-welcome dismiss-group-chat leave-app-chat add-tag-group add-tag rename-tag order-tags delete-tag confirm-send ignore-send send-mass set-mass-send-rule publish-moment post-moment like-moment comment-moment open-acquisition-link add-by-acquisition-link delete-acquisition-link buy-acquisition-quota grant-component set-acquisition-permit click-card click-card-menu add-app add-robot remove-robot revoke-tokens revoke-page-tickets add-aibot enter-aibot-chat write-to-aibot mention-aibot click-aibot-card click-aibot-card-menu rate-aibot authorize verify-again login-to-mini-program add-suite authorize-suite authorize-by-link authorize-by-qr-code change-authorization cancel-authorization reset-permanent-code push-ticket use-suite pay-license-order refund-license-order order-suite pay-suite-order refund-suite-order add-provider add-register-template register-corp revoke-provider-tokens add-member leave set-corp-verified follow-school unfollow-school create-chain join-chain link-corp share-app --args --corp -o --server ;;
	trigger) compadd -- --corp --list -o --server --set --show ;;
	listen) compadd -- --aes-key --agent --corp --forward-to --json --provider --robot --server --suite --token ;;
	doctor) compadd -- --aes-key --base-url -o --receive-id --robot --server --suite --token --twice ;;
	show) compadd -- members customers tags groupchats moments masssends media contactways joinways groupwelcomes appchats links robots aibots suites conversations appmessages --corp --limit -o --offset --server ;;
	calls) compadd -- --code --follow --limit -o --op --server ;;
	deliveries) compadd -- replay --event --follow --limit -o --server ;;
	callback) compadd -- list set rm --aes-key --agent --corp --json -o --provider --robot --server --suite --token ;;
	corp) compadd -- list add -o --server ;;
	fault) compadd -- add list rm --after --chance --code --delay --hang --http --lost --not-json -o --reset --seed --server --times --truncate --where ;;
	mishap) compadd -- add list rm --after --bad-signature --delay --duplicate --lag --lose -o --old-keys --old-timestamp --oversize --reorder --server --times --wrong-receive-id ;;
	chaos) compadd -- start list stop profiles rush-hour flaky-nat token-storm -o --seed --server ;;
	limits) compadd -- set reset --in-flight --max -o --one-at-a-time --per --server ;;
	clock) compadd -- advance freeze unfreeze -o --server ;;
	snapshot) compadd -- save load -o --server ;;
	reset) compadd -- -o --server ;;
	spec) compadd -- -o --search ;;
	record) compadd -- --keep --listen --media --out --upstream ;;
	replay) compadd -- --check --listen ;;
	help) compadd -- serve seed act trigger listen doctor show calls deliveries callback corp fault mishap chaos limits clock snapshot reset spec record replay help completion ;;
	completion) compadd -- bash fish zsh ;;
	esac
	_files
}
compdef _wecomsim wecomsim
