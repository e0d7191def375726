_wecomsim() {
	local words
	case "${COMP_CWORD}:${COMP_WORDS[1]}" in
	1:*) words="serve seed act trigger listen doctor show calls deliveries callback corp fault mishap chaos limits clock snapshot reset spec record replay help completion" ;;
	*:serve) words="--addr --aes-key --callback --log-bytes -o --official-limits --persist --seed --token" ;;
	*:seed) words="list show check schema load small-shop messy ten-thousand-customers --corp -o --server" ;;
	*:act) words="add-customer add-half-customer accept-customer invite-customer accept-member scan-contact-way edit-customer delete-customer delete-member accept-transfer refuse-transfer write-to-member write-to-customer chat create-group-chat join-group-chat scan-join-way leave-group-chat remove-from-group-chat chat-in-group rename-group-chat change-group-notice change-group-owner use-group-welcome dismiss-group-chat leave-app-chat add-tag-group add-tag rename-tag order-tags delete-tag confirm-send ignore-send send-mass set-mass-send-rule publish-moment post-moment like-moment comment-moment open-acquisition-link add-by-acquisition-link delete-acquisition-link buy-acquisition-quota grant-component set-acquisition-permit click-card click-card-menu add-app add-robot remove-robot revoke-tokens revoke-page-tickets add-aibot enter-aibot-chat write-to-aibot mention-aibot click-aibot-card click-aibot-card-menu rate-aibot authorize verify-again login-to-mini-program add-suite authorize-suite authorize-by-link authorize-by-qr-code change-authorization cancel-authorization reset-permanent-code push-ticket use-suite pay-license-order refund-license-order order-suite pay-suite-order refund-suite-order add-provider add-register-template register-corp revoke-provider-tokens add-member leave set-corp-verified follow-school unfollow-school create-chain join-chain link-corp share-app --args --corp -o --server" ;;
	*:trigger) words="--corp --list -o --server --set --show" ;;
	*:listen) words="--aes-key --agent --corp --forward-to --json --provider --robot --server --suite --token" ;;
	*:doctor) words="--aes-key --base-url -o --receive-id --robot --server --suite --token --twice" ;;
	*:show) words="members customers tags groupchats moments masssends media contactways joinways groupwelcomes appchats links robots aibots suites conversations appmessages --corp --limit -o --offset --server" ;;
	*:calls) words="--code --follow --limit -o --op --server" ;;
	*:deliveries) words="replay --event --follow --limit -o --server" ;;
	*:callback) words="list set rm --aes-key --agent --corp --json -o --provider --robot --server --suite --token" ;;
	*:corp) words="list add -o --server" ;;
	*:fault) words="add list rm --after --chance --code --delay --hang --http --lost --not-json -o --reset --seed --server --times --truncate --where" ;;
	*:mishap) words="add list rm --after --bad-signature --delay --duplicate --lag --lose -o --old-keys --old-timestamp --oversize --reorder --server --times --wrong-receive-id" ;;
	*:chaos) words="start list stop profiles rush-hour flaky-nat token-storm -o --seed --server" ;;
	*:limits) words="set reset --in-flight --max -o --one-at-a-time --per --server" ;;
	*:clock) words="advance freeze unfreeze -o --server" ;;
	*:snapshot) words="save load -o --server" ;;
	*:reset) words="-o --server" ;;
	*:spec) words="-o --search" ;;
	*:record) words="--keep --listen --media --out --upstream" ;;
	*:replay) words="--check --listen" ;;
	*:help) words="serve seed act trigger listen doctor show calls deliveries callback corp fault mishap chaos limits clock snapshot reset spec record replay help completion" ;;
	*:completion) words="bash fish zsh" ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _wecomsim wecomsim
