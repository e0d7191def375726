#!/bin/sh
# customers.sh USERID lists the customers of a member, one to a line.
#
# 「获取客户列表」 https://developer.work.weixin.qq.com/document/path/92113
set -eu
. "$(dirname "$0")/lib.sh"
[ $# = 1 ] || fail 'want USERID'

answer=$(call externalcontact/list --get --data-urlencode "userid=$1")
printf '%s\n' "$answer" | texts external_userid
