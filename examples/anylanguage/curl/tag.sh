#!/bin/sh
# tag.sh USERID EXTERNAL_USERID TAG_ID... marks a customer of a member with tags.
#
# 「编辑客户企业标签」 https://developer.work.weixin.qq.com/document/path/92118
set -eu
. "$(dirname "$0")/lib.sh"
[ $# -ge 3 ] || fail 'want USERID EXTERNAL_USERID TAG_ID...'
userid=$1 customer=$2
shift 2

call externalcontact/mark_tag --data-binary \
  "{\"userid\":$(string "$userid"),\"external_userid\":$(string "$customer"),\"add_tag\":$(strings "$@")}" >/dev/null
