namespace Kappa.Lab.Tests.Studies.Probe;

/// <summary>The shares of tr(A^2), which is an estimate, of eigenvalues that are known.</summary>
public sealed class ProbeShareTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(0.5)]
    public void They_never_add_up_to_more_than_one_and_have_their_error(double estimateOverSquares)
    {
        using var folder = new TemporaryFolder();
        var run = SmallRun.Run(SmallRun.Config(folder), folder["run"]);
        var model = TrainedModel.Load(run.FolderPath, KappaCatalog.Choices);
        var outcome = ModelProbe.Run(model, new ProbeSettings { Top = 3, Samples = 8 }, TimeProvider.System);
        double squares = outcome.Eigenpairs.Eigenvalues.Sum(value => value * value), estimate = estimateOverSquares * squares;
        var trace = outcome.Trace with { SquareTrace = estimate, SquareTraceError = 0.1 * squares };
        var section = ProbeReport.Conclude(model, outcome with { Trace = trace }).Sections[0];
        double[] shares = [.. section.Table!.Rows.Select(row => row[4].Value!.Value)], errors = [.. section.Table.Rows.Select(row => row[5].Value!.Value)];
        double whole = Math.Max(1, estimateOverSquares);
        Assert.Equal(1 / whole, shares.Sum(), 1e-12);
        Assert.All(shares.Zip(errors), pair => Assert.Equal(pair.First * 0.1 / whole, pair.Second, 1e-12));
        Assert.Contains(
            estimateOverSquares >= 1 ? "where tr(A^2) is the estimate" : "which the estimate falls short of", section.Text, StringComparison.Ordinal);
    }
}
