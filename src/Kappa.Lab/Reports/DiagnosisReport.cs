namespace Kappa.Lab.Reports;

/// <summary>What a diagnosis found, in tables and plots.</summary>
public static class DiagnosisReport
{
    /// <summary>Tables and plots of a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    public static Findings Findings(Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var record = diagnosis.Record;
        List<FindingSection> sections = [Weights(record), Units(diagnosis)];
        if (record.LayerJacobians.Count > 0 || record.Jacobian is not null)
            sections.Add(Jacobians(record));
        if (record.Kernel is { } kernel)
            sections.Add(Kernel(kernel));
        return new Findings(Headline(diagnosis), sections);
    }

    /// <summary>The figures.</summary>
    public const string NumbersName = "diagnosis.json";

    /// <summary>Writes <c>report.html</c>, <c>report.json</c> and <c>diagnosis.json</c> into a folder, each whole or not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <param name="environment">Where and by what it was made.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(RunPart folder, Diagnosis diagnosis, RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(diagnosis);
        ArgumentNullException.ThrowIfNull(environment);
        folder.Write(NumbersName, JsonSerializer.SerializeToUtf8Bytes(diagnosis.Record, RunJson.Exact));
        var part = new ReportPart(diagnosis.Source.Name, "", Findings(diagnosis), diagnosis.Source.Config);
        ReportWriter.Write(folder, new Report($"Diagnosis of {part.Name}", environment, [part]));
    }

    private static FindingSection Weights(DiagnosticsRecord record)
    {
        double[] places = [.. Enumerable.Range(0, record.Weights.Count).Select(i => (double)i)];
        var section = Section(
            "Weights",
            "Singular values x of each weight as a matrix; a convolution's is outputs by inputs times kernel. "
            + "The distance from isometry is the root of the mean of (x - 1)^2. "
            + "The effective rank is exp of the entropy of x^2 as shares of their sum, the stable rank their sum over the largest.",
            ["weight", "shape", "largest", "smallest", "condition", "effective rank", "stable rank", "distance from isometry"],
            record.Weights.Select(weight => (FindingCell[])[
                weight.Parameter, $"{weight.Rows} x {weight.Columns}", FindingCell.Of(weight.Largest), Smallest(weight.Smallest, weight.IsExact),
                FindingCell.Of(weight.Condition ?? double.PositiveInfinity), FindingCell.Of(weight.EffectiveRank, FindingCell.Nothing),
                FindingCell.Of(weight.StableRank), FindingCell.Of(weight.DistanceFromIsometry, FindingCell.Nothing)]));
        return section with
        {
            Plots =
            [
                new LinePlot("Singular values of weights", "weight, in the order of the model", "singular value", [
                    new PlotLine("largest", places, [.. record.Weights.Select(weight => weight.Largest)]),
                    new PlotLine("smallest", places, [.. record.Weights.Select(weight => weight.Smallest > 0 ? weight.Smallest : double.NaN)])])
                {
                    LogY = true,
                },
            ],
        };
    }

    private static FindingSection Units(Diagnosis diagnosis)
    {
        if (diagnosis.Record.Units.Count == 0)
        {
            return new FindingSection(
                "Dormant units",
                "Not measured: they are seen at activations that are modules of their own, "
                + "and this model has none or applies its activations inside of its parts.");
        }

        return Section(
            "Dormant units",
            $"A unit is dormant where its mean magnitude over {diagnosis.Inputs} validation examples is at most "
            + $"{UnitActivity.DefaultThreshold.ToString(CultureInfo.InvariantCulture)} of its layer's mean.",
            ["activation", "units", "dormant", "share"],
            diagnosis.Record.Units.Select(layer => (FindingCell[])
                [layer.Layer, FindingCell.Of(layer.Units), FindingCell.Of(layer.Dormant), FindingCell.Of(layer.DormantFraction, "0.0%")]));
    }

    private static FindingSection Jacobians(DiagnosticsRecord record)
    {
        JacobianDiagnostics[] all = [.. record.LayerJacobians, .. record.Jacobian is { } whole ? new[] { whole } : []];
        string tokens = record.Jacobian is null ? " Tokens have no derivative, so that neither the whole model nor its embedding is here." : "";
        return Section(
            "Jacobians",
            $"Singular values of the derivative of the output in the input, at {all[0].Inputs} validation examples: the largest and the smallest of all, "
            + "and means of the rest. A layer takes the activations and norms after its weight along; "
            + $"a ReLU that is off at an example makes a row of zeros, and with it a smallest value of 0 and an infinite condition.{tokens}",
            ["layer", "largest", "smallest", "condition", "effective rank", "distance from isometry"],
            all.Select(jacobian => (FindingCell[])[
                jacobian.Layer.Length == 0 ? "whole model" : jacobian.Layer, FindingCell.Of(jacobian.Largest), Smallest(jacobian.Smallest, jacobian.IsExact),
                FindingCell.Of(jacobian.Condition ?? double.PositiveInfinity), FindingCell.Of(jacobian.EffectiveRank, FindingCell.Nothing),
                FindingCell.Of(jacobian.DistanceFromIsometry, FindingCell.Nothing)]));
    }

    private static FindingSection Kernel(KernelDiagnostics kernel) => Section(
        "Tangent kernel",
        $"The Gram matrix of the gradients of the mean output at {kernel.Inputs} validation examples.",
        ["largest eigenvalue", "smallest", "condition", "effective rank"],
        [[
            FindingCell.Of(kernel.Largest), FindingCell.Of(kernel.Smallest), FindingCell.Of(kernel.Condition ?? double.PositiveInfinity),
            FindingCell.Of(kernel.EffectiveRank) with { Text = $"{Figures.Short(kernel.EffectiveRank)} of {kernel.Inputs}" }]]);

    private static FindingSection Section(string title, string text, string[] columns, IEnumerable<FindingCell[]> rows) =>
        new(title, text) { Table = new FindingTable(columns, [.. rows]) };

    private static string Headline(Diagnosis diagnosis)
    {
        var record = diagnosis.Record;
        var worst = record.Weights.MaxBy(weight => weight.Condition ?? double.PositiveInfinity);
        string units = record.Units.Count == 0
            ? ""
            : $" {record.Units.Sum(layer => layer.Dormant)} of {record.Units.Sum(layer => layer.Units)} units are dormant.";
        string kernel = record.Kernel is { } of ? $" The tangent kernel has effective rank {Figures.Short(of.EffectiveRank)} of {of.Inputs}." : "";
        string subject = diagnosis.Source.Step is { } step ? $"{diagnosis.Source.Name}, step {step}" : diagnosis.Source.Name;
        return worst is null
            ? $"{subject}: no weights."
            : $"{subject}: the worst-conditioned weight is {worst.Parameter}, with "
              + $"{(worst.Condition is { } condition ? $"a condition of {Figures.Short(condition)}" : "an infinite condition")}.{units}{kernel}";
    }

    private static FindingCell Smallest(double value, bool isExact) => FindingCell.Of(value) with { Text = (isExact ? "" : "at most ") + Figures.Short(value) };
}
