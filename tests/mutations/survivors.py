"""Lists the changes of a mutation report that no test noticed, and the share of the others."""

import json
import sys

counts = {}
for path, file in sorted(json.load(open(sys.argv[1]))["files"].items()):
    lines = file["source"].splitlines()
    for mutant in sorted(file["mutants"], key=lambda one: (one["location"]["start"]["line"], one["id"])):
        status = mutant["status"]
        counts[status] = counts.get(status, 0) + 1
        if status in ("Survived", "NoCoverage"):
            line = mutant["location"]["start"]["line"]
            name = path[path.find("src/"):]
            print(f"{name}:{line}: {status}: {mutant['mutatorName']}: {lines[line - 1].strip()[:100]}")
            print(f"    became {' '.join(mutant.get('replacement', '').split())[:140]}")

# One that never ends is noticed: the test does not end either.
noticed = counts.get("Killed", 0) + counts.get("Timeout", 0)
total = noticed + counts.get("Survived", 0) + counts.get("NoCoverage", 0)
print(f"{noticed} of {total} changes noticed ({100 * noticed / max(1, total):.0f} %), "
      f"{counts.get('Survived', 0)} not, {counts.get('NoCoverage', 0)} where no test comes")
