#!/usr/bin/env bash
# Trains, kills, resumes, probes and compares for ten minutes, or for as many seconds as it is told: the same bits each round, and no
# more memory, open files or threads than after the first minute. The last line says what was held; anything else is an error.
#
#   tests/soak/run.sh
#   tests/soak/run.sh 3600
set -euo pipefail
project="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/program"
dotnet build -c Release -nologo -v q "$project"
exec dotnet "$project/bin/Release/net10.0/Soak.dll" "${1:-600}"
