using System.Text.RegularExpressions;
using static Kappa.Lab.Reports.HtmlPage;

namespace Kappa.Lab.Reports;

/// <summary>The methods that reports speak of, in two sentences each, with the paper.</summary>
internal static partial class Glossary
{
    private static readonly (Regex Name, GlossaryEntry Entry)[] Entries =
    [
        (DoPrName(), new(
            "DoPr",
            "Double preconditioning: each layer's gradient is multiplied by the damped inverse of the second moment of the layer's inputs, before an "
            + "optimizer such as AdamW or Muon takes it. That undoes what badly conditioned activations do to the gradient.",
            "2606.06418")),
        (PathCondName(), new(
            "PathCond",
            "A network of ReLUs computes the same when a unit's inputs are scaled up and its outputs down; PathCond chooses the scales that bring the Gram "
            + "matrix of the path-lifting closest to a multiple of the identity. The function stays, and training starts from better conditioned parameters.",
            "2602.19799")),
        (AdamOName(), new(
            "AdamO",
            "AdamW with a step beside it that draws the singular values of each layer towards one value, apart from Adam's moments (MuonO: the same with "
            + "Muon). Layers near an isometry keep gradients alive, so that a network can go on learning.",
            "2606.09762")),
        (MuonName(), new(
            "Muon",
            "The momentum of a weight matrix is replaced by its orthogonal factor, by a few Newton-Schulz rounds, so that all directions of the step have "
            + "the same length. Vectors, such as biases, are left to AdamW.",
            "2502.16982")),
        (CriterionName(), new(
            "Delta_2^(D)",
            "How much the loss over k samples still changes where one more is added, as a mean square under noise within the D directions of largest "
            + "curvature. It says how far the landscape has stabilised, at the cost of D eigenvectors instead of noise in all parameters.",
            "2604.14870")),
    ];

    /// <summary>The paper of experiments, by the name that they call it.</summary>
    internal static string? PaperOf(string name) => name switch
    {
        "dopr" => "Zhang, Shah, Zhang, Zhang, Matni and Simchowitz, Double Preconditioning, 2026, arXiv 2606.06418",
        "pathcond" => "Lebeurrier, Vayer and Gribonval, Path-conditioned training: a principled way to rescale ReLU neural networks, 2026, arXiv 2602.19799",
        "isometry" => "Rosseau, Mueller and Nowe, Preserving Plasticity in Continual Learning via Dynamical Isometry, 2026, arXiv 2606.09762",
        "curvature" => "Kiselev and Grabovoy, Curvature-aligned probing for local loss-landscape stabilization, 2026, arXiv 2604.14870",
        _ => null,
    };

    /// <summary>The methods whose names a report says, in the order of the list.</summary>
    internal static IReadOnlyList<GlossaryEntry> Of(Report report)
    {
        string[] said = [report.Title, .. report.Parts.SelectMany(Texts)];
        return [.. Entries.Where(one => said.Any(one.Name.IsMatch)).Select(one => one.Entry)];
    }

    /// <summary>The section of a page, folded; nothing where no method is named.</summary>
    internal static string Section(Report report)
    {
        var entries = Of(report);
        string list = string.Concat(entries.Select(entry => $"<dt>{Escape(entry.Name)}</dt><dd>{Escape(entry.Text)} arXiv {entry.ArXiv}.</dd>\n"));
        return entries.Count == 0 ? "" : $"<details>\n<summary>Methods</summary>\n<dl>\n{list}</dl>\n</details>\n";
    }

    private static IEnumerable<string> Texts(ReportPart part) =>
    [
        part.Name, part.Summary, part.Findings.Headline,
        .. part.Findings.Sections.SelectMany(section => (string[])[
            section.Title, section.Text,
            .. section.Table?.Columns ?? [], .. section.Table?.Rows.SelectMany(row => row.Select(cell => cell.Text)) ?? [],
            .. section.Plots.SelectMany(plot => plot.Lines.Select(line => line.Name).Append(plot.Title)),
            .. section.Pictures?.Select(picture => picture.Title) ?? []]),
    ];

    [GeneratedRegex(@"\bDoPr\b", RegexOptions.IgnoreCase)]
    private static partial Regex DoPrName();

    [GeneratedRegex(@"\bPathCond\b", RegexOptions.IgnoreCase)]
    private static partial Regex PathCondName();

    [GeneratedRegex(@"\b(AdamO|MuonO)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AdamOName();

    [GeneratedRegex(@"\b(Ada)?Muon\b", RegexOptions.IgnoreCase)]
    private static partial Regex MuonName();

    [GeneratedRegex(@"Delta_2\^\(D\)")]
    private static partial Regex CriterionName();
}
