using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks;

namespace Kappa.Lab.Reports;

/// <summary>One comparison of a report.</summary>
/// <param name="Config">Its config.</param>
/// <param name="Task">Its task.</param>
/// <param name="Folder">Its folder, for the learning curves.</param>
/// <param name="Results">Its finished trials.</param>
/// <param name="Summary">What it found.</param>
public sealed record ReportSection(
    ComparisonConfig Config, PreparedTask Task, ComparisonFolder Folder, IReadOnlyList<TrialResult> Results, ComparisonSummary Summary);
