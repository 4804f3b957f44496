#!/bin/sh
# Makes a key for the API and one for the workers, each with no more rights than it needs (docs/security.md).
# Done again it changes nothing but a secret that is another one now.
set -eu

make_key() { # name, secret
  mc admin policy create store "$1-rights" "/keys/$1.json"
  mc admin user add store "$1" "$2"
  # Attaching a policy that is attached already counts as an error.
  case "$(mc admin user info store "$1")" in
    *"$1-rights"*) ;;
    *) mc admin policy attach store "$1-rights" --user "$1" ;;
  esac
}

mc alias set store "$STORE_URL" "$ROOT_USER" "$ROOT_SECRET" >/dev/null
make_key visage-api "$API_SECRET"
make_key visage-worker "$WORKER_SECRET"
