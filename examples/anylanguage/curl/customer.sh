#!/bin/sh
# customer.sh EXTERNAL_USERID prints what WeCom knows of a customer, as JSON.
#
# 「获取客户详情」 https://developer.work.weixin.qq.com/document/path/92114
set -eu
. "$(dirname "$0")/lib.sh"
[ $# = 1 ] || fail 'want EXTERNAL_USERID'

call externalcontact/get --get --data-urlencode "external_userid=$1"
