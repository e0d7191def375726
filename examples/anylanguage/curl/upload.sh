#!/bin/sh
# upload.sh TYPE FILE uploads a file (image, voice, video or file) and prints its
# media_id, which lives three days. Members and customers see the file's name.
#
# 「上传临时素材」 https://developer.work.weixin.qq.com/document/path/90253
set -eu
. "$(dirname "$0")/lib.sh"
[ $# = 2 ] || fail 'want TYPE FILE'

file=$(printf '%s' "$2" | sed 's/[\\"]/\\&/g')
answer=$(call "media/upload?type=$1" --form "media=@\"$file\"")
printf '%s\n' "$answer" | text media_id
