#!/usr/bin/env bash
# Makes the site of these pages in .kappa/site: pages, tables of contents, and the reference from the doc comments. A link or a name that leads nowhere is
# an error. "docs/site.sh --serve" then shows it at http://localhost:8080.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '%s\n' "$*" >&2; }
mkdir -p .kappa
log=.kappa/site.log

# The first command builds what is not built, so that the reference is that of the code as it stands.
./kappa --version >/dev/null
dotnet tool restore >"$log"
rm -rf .kappa/site .kappa/site-api
for part in metadata build; do
  dotnet docfx "$part" docfx.json --warningsAsErrors >"$log" 2>&1 || { grep -E 'warning|error' "$log" >&2; say "error: the site is not made; the log is $PWD/$log"; exit 1; }
done
pages="$(find .kappa/site -name '*.html' | wc -l)"
say "$pages pages: $PWD/.kappa/site/index.html ($0 --serve shows it; scripts do not run from a file)"
[ "${1:-}" != --serve ] || exec dotnet docfx serve .kappa/site
