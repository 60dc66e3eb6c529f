using static Kappa.Lab.Statistics.Figures;

namespace Kappa.Lab.Reports;

/// <summary>Puts what a probe found into words, tables and plots.</summary>
public static class ProbeReport
{
    /// <summary>The figures.</summary>
    public const string NumbersName = "probe.json";

    /// <summary>The least density that is drawn.</summary>
    private const double Floor = 1e-9;

    /// <summary>The findings of a probe.</summary>
    /// <param name="model">The model.</param>
    /// <param name="outcome">What was found.</param>
    public static Findings Conclude(TrainedModel model, ProbeOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(outcome);
        List<FindingSection> sections = [Eigenvalues(outcome)];
        if (outcome.Density is { } density)
            sections.Add(Density(outcome, density));
        if (outcome.Criteria is { } criteria)
            sections.AddRange(Criteria(criteria));
        if (outcome.Notes.Count > 0)
            sections.Add(new FindingSection("Notes", string.Join("\n\n", outcome.Notes)));
        var settings = outcome.Settings;
        var source = model.Source;
        string headline = Say($"{source.NetworkName} {(source.Step is null ? $"{source.Name} " : "")}on {source.DataName}")
            + Say($"{(source.Step is { } step ? $" after {step:N0} steps" : "")}: ")
            + Say($"largest eigenvalue of the {NameOf(settings.Matrix)} {outcome.Eigenpairs.Eigenvalues[0]:G4} over {settings.Samples} ")
            + Say($"{(settings.Validation ? "validation" : "training")} samples, ")
            + Say($"trace {outcome.Trace.Trace:G4} ± {outcome.Trace.TraceError:G2}, loss {outcome.Loss:F4}, length of its gradient {outcome.GradientNorm:G3}.");
        return new Findings(headline, sections);
    }

    /// <summary>Writes <c>report.html</c> to read, <c>report.json</c> and <c>probe.json</c> for programs, each whole or not at all.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="environment">Where and by what it was made.</param>
    /// <param name="model">The model.</param>
    /// <param name="outcome">What was found.</param>
    /// <param name="findings">In words.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(RunPart folder, RunEnvironment environment, TrainedModel model, ProbeOutcome outcome, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(outcome);
        string numbers = ProbeNumbers.Of(model, outcome).ToJsonString(RunJson.Indented);
        folder.WriteText(NumbersName, numbers);
        var part = new ReportPart("the probe", $"The curvature of the loss at {model.Source.Origin}.", findings, numbers);
        ReportWriter.Write(folder, new Report($"Curvature of {model.Source.Name}", environment, [part]));
    }

    private static string NameOf(CurvatureMatrix matrix) => matrix switch
    {
        CurvatureMatrix.Hessian => "Hessian",
        CurvatureMatrix.GaussNewton => "Gauss-Newton matrix",
        _ => "empirical Fisher matrix",
    };

    private static FindingSection Eigenvalues(ProbeOutcome outcome)
    {
        var pairs = outcome.Eigenpairs;
        var trace = outcome.Trace;
        string completeness = pairs.NotVerifiedBecause is { } reason
            ? $"whether one was missed was not established: {reason}"
            : "none was missed, but for a risk of 1e-5";
        double gigabytes = (double)pairs.BasisSize * outcome.ParameterCount * (pairs.Eigenvectors.DataType == DataType.Float32 ? 4 : 8) / (1 << 30);
        string text = Say($"Of {outcome.ParameterCount:N0} parameters, by block Lanczos with room for {pairs.BasisSize} vectors ({gigabytes:G2} GB): ")
            + Say($"{pairs.Products} products in {pairs.Passes} passes; ")
            + Say($"{(pairs.Converged ? "all converged" : $"only {pairs.ConvergedCount} converged")}, {completeness}. ")
            + "Largest means the most positive; the spectral density (--density) shows how far the negative ones reach. "
            + "An eigenvalue of the matrix A lies within the residual of each. "
            + Say($"The sum of all eigenvalues is tr(A) = {trace.Trace:G4} ± {trace.TraceError:G2}, that of their squares ")
            + Say($"tr(A^2) = {trace.SquareTrace:G4} ± {trace.SquareTraceError:G2} (one standard error). ")
            + Say($"The length of the gradient is {outcome.GradientNorm:G4}; at a minimum it would be 0.");
        // The squares that were found are a part of the sum, which an estimate of it may fall short of.
        double found = pairs.Eigenvalues.Sum(value => value * value), all = Math.Max(trace.SquareTrace, found);
        text += Say($" The eigenvalues below are {found / all:0.###} of tr(A^2) ± {trace.SquareTraceError * found / (all * all):G2}, ")
            + (found <= trace.SquareTrace
                ? "where tr(A^2) is the estimate, so that each share has the same relative error."
                : "where tr(A^2) is the sum of their squares, which the estimate falls short of by its error.");
        var rows = pairs.Eigenvalues.Select((value, i) => (FindingCell[])[
            FindingCell.Of(i + 1), Cell(value), Cell(pairs.Residuals[i]), Cell(pairs.Residuals[i] / Math.Abs(value)), Cell(value * value / all),
            Cell(value * value / all * trace.SquareTraceError / all)]);
        return new FindingSection($"Largest eigenvalues of the {NameOf(outcome.Settings.Matrix)}", text)
        {
            Table = new FindingTable(["number", "eigenvalue", "residual", "residual / |eigenvalue|", "share of tr(A^2)", "±"], [.. rows]),
        };
    }

    private static FindingSection Density(ProbeOutcome outcome, DensityResult density)
    {
        double least = density.Nodes.Min(probe => probe[0]), most = density.Nodes.Max(probe => probe[^1]);
        string text = Say($"By stochastic Lanczos quadrature, {density.Nodes.Count} probes; ")
            + Say($"smoothed by a Gaussian of standard deviation {density.Bandwidth:G3}, ")
            + Say($"so nothing narrower is resolved; not drawn below 1e-9. The eigenvalues that it found reach from {least:G4} to {most:G4}. ")
            + Say($"The band is one standard error. {density.Products} products.");
        double[] drawn = [.. density.Density.Select(value => value >= Floor ? value : double.NaN)];
        double[] low = [.. density.Density.Zip(density.StandardErrors, (value, error) => Math.Max(value - error, Floor))];
        double[] high = [.. density.Density.Zip(density.StandardErrors, (value, error) => Math.Max(value + error, Floor))];
        return new FindingSection("Spectral density", text)
        {
            Plots =
            [
                new LinePlot(
                    $"Density of the eigenvalues of the {NameOf(outcome.Settings.Matrix)}", "eigenvalue", "density",
                    [new PlotLine("density", density.Grid, drawn) { Low = low, High = high }]) { LogY = true },
            ],
        };
    }

    private static IEnumerable<FindingSection> Criteria(CurvatureProbeResult criteria)
    {
        var range = criteria.Range;
        string valid = double.IsNaN(range.ValidUpTo)
            ? Say($"The quadratic model does not hold within {100 * range.Tolerance:G2}% at any sigma that was tried.")
            : Say($"At k = {range.K} and D = {range.Dimension} the quadratic model holds within {100 * range.Tolerance:G2}% ")
              + Say($"up to sigma = {range.ValidUpTo:G2}; ")
              + Say($"its error leaves the flat part of rounding at {range.FlatUpTo:G2}.");
        int widest = criteria.Curves.Max(curve => curve.Dimension ?? 0);
        PlotLine[] lines = [.. criteria.Curves.Where(curve => curve.Dimension is null || curve.Dimension == widest)
            .Select(curve => new PlotLine(NameOf(curve), [.. curve.Points.Select(point => (double)point.K)], [.. curve.Points.Select(point => point.Value)]))];
        var rows = criteria.Curves.Select(curve => (FindingCell[])[
            NameOf(curve), Cell(curve.Points[0].Value), Cell(curve.Points[^1].Value), FindingCell.Of(curve.Slope(), "F2"),
            curve.Sigma is { } sigma ? range.Contains(sigma) ? "yes" : "no" : ""]);
        int first = criteria.Curves[0].Points[0].K, last = criteria.Curves[0].Points[^1].K;
        yield return new FindingSection(
            "Stabilisation of the landscape: what one more sample changes",
            "How much the mean loss over k samples still moves when one more is added: Delta_1 is the change at these parameters, Delta_2 its mean square "
            + "where noise of scale sigma is added to all of them, Delta_2^(D) where the noise lies in the D directions of largest curvature. "
            + $"All in closed form. {valid} One sample was added to each k, in one order, so the curves are rough and the slopes carry no interval; "
            + "the theory says -1 for Delta_1 and -2 for the others. The plot leaves the smaller D out; where the noise matters little, its lines cover "
            + "one another.")
        {
            Table = new FindingTable(["criterion", Say($"k = {first}"), Say($"k = {last}"), "slope over k + 1", "quadratic model holds"], [.. rows]),
            Plots = [new LinePlot("Criteria over k", "k", "criterion", lines) { LogX = true, LogY = true }],
        };
        PlotLine[] errors = [new PlotLine("relative error", range.Sigmas, range.RelativeErrors)];
        yield return new FindingSection(
            "Range of sigma", "The relative error of the squared increments of the quadratic model against those of the loss, at the same points.")
        {
            Plots = [new LinePlot("Quadratic model against the loss", "sigma", "relative error", errors) { LogX = true, LogY = true }],
        };
    }

    private static string NameOf(CriterionCurve curve) => curve.Criterion switch
    {
        StabilizationCriterion.Point => "Delta_1",
        StabilizationCriterion.FullSpace => Say($"Delta_2, sigma = {curve.Sigma}"),
        _ => Say($"Delta_2^(D), D = {curve.Dimension}, sigma = {curve.Sigma}"),
    };

    private static FindingCell Cell(double value) => FindingCell.Of(value, "G4");
}
