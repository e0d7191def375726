# What the scripts share; it is not run by itself. They need curl and a POSIX shell.
#
#   WECOM_BASE_URL      https://qyapi.weixin.qq.com if it is not set
#   WECOM_ACCESS_TOKEN  of token.sh; without it every script asks for one, which WeCom limits

WECOM_BASE_URL=${WECOM_BASE_URL:-https://qyapi.weixin.qq.com}

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# call OPERATION [ARGUMENT OF CURL]... prints the answer and ends the script if
# WeCom refuses. The URL goes in through curl's standard input: arguments are
# there for all users of the machine to see, and the token is in it.
call() {
  operation=$1
  shift
  case $operation in
  gettoken\?*) url=$WECOM_BASE_URL/cgi-bin/$operation ;;
  *\?*) url="$WECOM_BASE_URL/cgi-bin/$operation&access_token=$(token)" ;;
  *) url="$WECOM_BASE_URL/cgi-bin/$operation?access_token=$(token)" ;;
  esac || exit 1
  answer=$(printf 'url = "%s"\n' "$url" | curl --silent --show-error --fail --max-time 60 --config - "$@") ||
    fail "no answer from ${operation%%\?*}"
  code=$(printf '%s\n' "$answer" | number errcode)
  [ "$code" = 0 ] || fail "${operation%%\?*}: ${code:-no errcode} $(printf '%s\n' "$answer" | text errmsg)"
  printf '%s\n' "$answer"
}

# token prints the access token. 「获取access_token」
# https://developer.work.weixin.qq.com/document/path/91039
token() {
  if [ -n "${WECOM_ACCESS_TOKEN:-}" ]; then
    printf '%s\n' "$WECOM_ACCESS_TOKEN"
    return
  fi
  [ -n "${WECOM_CORP_ID:-}" ] && [ -n "${WECOM_SECRET:-}" ] || fail 'set WECOM_CORP_ID and WECOM_SECRET'
  granted=$(call "gettoken?corpid=$WECOM_CORP_ID&corpsecret=$WECOM_SECRET") || exit 1
  printf '%s\n' "$granted" | text access_token
}

# text NAME, number NAME and texts NAME pick a field out of an answer: a string,
# a number, and the elements of an array of strings, one to a line.
text() { sed -nE 's/.*"'"$1"'" *: *"(([^"\\]|\\.)*)".*/\1/p'; }
number() { sed -nE 's/.*"'"$1"'" *: *(-?[0-9]+).*/\1/p'; }
texts() { { tr -d '\n'; echo; } | sed -nE 's/.*"'"$1"'" *: *\[([^]]*)\].*/\1/p' | tr ',' '\n' | sed -nE 's/^[^"]*"(.*)".*/\1/p'; }

# string TEXT writes JSON. WeCom takes no \u escapes, so that control
# characters other than tabs and line breaks are left out.
string() {
  printf '%s' "$1" | tr -d '\000-\010\013-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$(printf '\t')/\\\\t/g" |
    awk 'BEGIN { printf "\"" } NR > 1 { printf "\\n" } { printf "%s", $0 } END { printf "\"" }'
}

# strings TEXT... writes a JSON array.
strings() {
  list=
  for each in "$@"; do
    list="$list${list:+,}$(string "$each")"
  done
  printf '[%s]' "$list"
}
