#!/usr/bin/env bash
# Packs every package, installs them from a folder into an empty project and an empty tool folder, and trains with both.
# "run.sh --native" also publishes the project ahead of time as one native program, and runs that (needs gcc or clang).
set -euo pipefail

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
say() { printf '%s\n' "$*"; }
fail() { say "error: $*" >&2; exit 1; }

packages=(Kappa Kappa.Data Kappa.Mujoco Kappa.TorchSharp Kappa.Onnx Kappa.Lab Kappa.Cli)
[ -e "$root/src/Kappa.Mpi" ] && packages+=(Kappa.Mpi)
for package in "${packages[@]}"; do
  dotnet pack -c Release -nologo -v q -o "$work/feed" "$root/src/$package" >"$work/pack.log" 2>&1 || { cat "$work/pack.log" >&2; fail "$package is not packed"; }
  grep -i warning "$work/pack.log" >&2 && fail "$package is packed with warnings"
done
version="$(basename "$work"/feed/Kappa.Onnx.*.nupkg .nupkg)"
version="${version#Kappa.Onnx.}"
for package in "${packages[@]}"; do
  [ -s "$work/feed/$package.$version.nupkg" ] || fail "there is no $package.$version.nupkg"
  [ -s "$work/feed/$package.$version.snupkg" ] || fail "there are no symbols of $package"
  python3 -m zipfile -l "$work/feed/$package.$version.nupkg" | grep '^README.md ' >/dev/null || fail "$package has no readme"
done
size="$(stat -c %s "$work/feed/Kappa.$version.nupkg")"
say "Kappa $version: $((size / 1024)) kB"
[ "$size" -le 2097152 ] || fail "Kappa is larger than 2 MB"

# A cache of its own for what is tried, so that no other build of the same version is taken, and the machine's for everything else.
mkdir "$work/smoke"
cp "$root/tests/packages/smoke/Program.cs" "$work/smoke/"
sed "s/VERSION/$version/" "$root/tests/packages/smoke/Smoke.csproj.txt" >"$work/smoke/Smoke.csproj"
cache="$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')"
cat >"$work/nuget.config" <<CONFIG
<configuration>
  <config><add key="globalPackagesFolder" value="$work/cache" /></config>
  <fallbackPackageFolders><add key="machine" value="$work/others" /></fallbackPackageFolders>
  <packageSources><add key="tried" value="$work/feed" /></packageSources>
  <packageSourceMapping>
    <clear />
    <packageSource key="tried"><package pattern="Kappa" /><package pattern="Kappa.*" /></packageSource>
    <packageSource key="nuget.org"><package pattern="*" /></packageSource>
  </packageSourceMapping>
</configuration>
CONFIG
mkdir "$work/others"
for folder in "$cache"/*/; do
  case "$(basename "$folder")" in kappa | kappa.*) ;; *) ln -s "$folder" "$work/others/" ;; esac
done

cd "$work/smoke"
dotnet run -c Release || fail "an empty project does not train with the packages"
if [ "${1:-}" = --native ]; then
  dotnet publish -c Release -nologo -v q -p:PublishAot=true -o "$work/native" || fail "the project is not published ahead of time"
  "$work/native/Smoke" || fail "the native program fails"
fi

cd "$work"
dotnet tool install Kappa.Cli --version "$version" --tool-path "$work/tools" --configfile "$work/nuget.config" >/dev/null || fail "the tool is not installed"
"$work/tools/kappa" --version
{ printf 'length,width,kind\n'; for i in $(seq 60); do printf '%d.5,%d,%s\n' "$i" $((i % 7)) "$([ "$i" -gt 30 ] && echo long || echo short)"; done; } >flowers.csv
cat >flowers.json <<RUN
{ "name": "flowers", "data": { "name": "csv", "path": "flowers.csv", "target": "kind" }, "model": { "name": "mlp" },
  "optimizer": { "name": "adamw", "learningRate": 0.01 }, "batchSize": 16, "epochs": 20 }
RUN
"$work/tools/kappa" train flowers.json --out flowers >/dev/null || fail "the installed tool does not train"
"$work/tools/kappa" serve . --port 0 >serve.txt &
server=$!
for _ in $(seq 100); do grep -q '^Ctrl-C' serve.txt && break; sleep 0.2; done
python3 -c 'import sys, urllib.request; sys.exit("/runs/flowers" not in urllib.request.urlopen(open("serve.txt").read().split(": ")[1].split()[0]).read().decode())' \
  || { kill "$server"; fail "the installed tool does not serve the run"; }
kill "$server"
[ -s flowers/report.html ] || [ -s flowers/metrics.jsonl ] || fail "the installed tool left no run"
say "the packages install, train and serve"
