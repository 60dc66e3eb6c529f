#!/usr/bin/env bash
# Breaks the guards of a file or folder, one at a time, and lists the breaks that no test of it notices: checks of arguments, of NaN and
# infinity, of lengths and bounds. With --all, whatever Stryker can break there. Minutes for a file, an hour for a large folder.
#
#   tests/mutations/run.sh src/Kappa/Checkpoints
#   tests/mutations/run.sh --all src/Kappa.Data/Pictures/IdxFile.cs
set -euo pipefail
root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)"
all=false
[ "${1:-}" != --all ] || { all=true; shift; }
path="$(realpath --relative-to="$root" "${1:?expected a file or folder, such as src/Kappa/Checkpoints}")"
case "$path" in
  src/Kappa*/*) ;;
  *) printf 'error: expected a file or folder of a project, such as src/Kappa/Checkpoints; got %s\n' "$path" >&2; exit 2 ;;
esac
[ -e "$root/$path" ] || { printf 'error: %s: there is no such file or folder\n' "$path" >&2; exit 2; }
project="$(cut -d/ -f2 <<<"$path")" within="$(cut -d/ -f3- <<<"$path")"
tests="$root/tests/$project.Tests"
[ -d "$tests" ] || { printf 'error: %s: there is no such project of tests\n' "$tests" >&2; exit 2; }

# Tests lie in the folders that the code lies in; code of a folder without tests of its own is tried by all.
folder="${within%%/*}" filter=""
if [ -d "$tests/$folder" ]; then filter="FullyQualifiedName~$project.Tests.$folder."; fi

# The places of guards, as characters from the start of the file: the line that throws, and the condition before it.
guards() {
  awk '
    { text = $0; sub(/^[ \t]+/, "", text) }
    inside == 0 && text !~ /^\/\// && text ~ /throw |ThrowIf|Require[A-Za-z]*\(|IsFinite|IsNaN|NonFinite|OptionRanges/ {
      inside = 1
      from = before ~ /^(if|else if|&&|\|\||\?|return)/ ? start : at
    }
    inside == 1 && text ~ /[;{}]$/ { inside = 0; printf "%d..%d\n", from, at + length($0) }
    text !~ /^[{}]?$/ { before = text; start = at }
    { at += length($0) + 1 }
  ' "$1"
}

mutate=()
while IFS= read -r file; do
  name="$(realpath --relative-to="$root/src/$project" "$file")"
  if $all; then mutate+=(--mutate "$name"); continue; fi
  while IFS= read -r span; do mutate+=(--mutate "$name{$span}"); done < <(guards "$file")
done < <(find "$root/$path" -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' | sort)
[ ${#mutate[@]} -gt 0 ] || { printf 'error: %s: there is no guard in it\n' "$path" >&2; exit 2; }

output="$root/.kappa/mutations/$(tr / - <<<"$path")"
mkdir -p "$output"
cd "$tests"
dotnet tool restore >"$output/restore.log"
dotnet stryker --config-file "$root/tests/mutations/stryker-config.json" --project "$project.csproj" --output "$output" --skip-version-check \
  ${filter:+--test-case-filter "$filter"} "${mutate[@]}" >"$output/stryker.log" 2>&1 || { tail -30 "$output/stryker.log" >&2; exit 1; }
python3 "$root/tests/mutations/survivors.py" "$output/reports/mutation-report.json"
printf 'the whole report is %s\n' "$output/reports/mutation-report.html"
