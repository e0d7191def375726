#!/bin/sh
# send.sh USERID TEXT EXTERNAL_USERID... asks a member to send a text to
# customers, and prints the id of the task. The customers get it once the member
# has confirmed.
#
# 「创建企业群发」 https://developer.work.weixin.qq.com/document/path/92135
set -eu
. "$(dirname "$0")/lib.sh"
[ $# -ge 3 ] || fail 'want USERID TEXT EXTERNAL_USERID...'
userid=$1 content=$2
shift 2

answer=$(call externalcontact/add_msg_template --data-binary \
  "{\"chat_type\":\"single\",\"external_userid\":$(strings "$@"),\"sender\":$(string "$userid"),\"text\":{\"content\":$(string "$content")}}")
# Some may be left out although the errcode is 0.
printf '%s\n' "$answer" | texts fail_list | sed 's/^/cannot be sent to: /' >&2
printf '%s\n' "$answer" | text msgid
