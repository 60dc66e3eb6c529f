using static System.FormattableString;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 6 of arXiv 2604.14870: the closed form against direct sampling over D and sigma.</summary>
internal sealed class RobustnessExperiment : ModelErrorExperiment
{
    public override string Name => "fig6";

    public override string Summary => "The relative difference of the closed form from direct sampling over D and sigma.";

    protected override ModelErrorSettings Short => new() { Dimensions = [1, 5, 10, 20], Sigmas = [1e-4, 1e-3, 1e-2, 3e-2, 1e-1], Samples = 32 };

    protected override ModelErrorSettings Full =>
        new ModelErrorSettings { Dimensions = [1, 2, 5, 10, 20, 45], Sigmas = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1] }.AtFullSize(512);

    private protected override ModelFinding Describe(ModelErrorSettings settings, ProbedModel model, IReadOnlyList<CellResult> found)
    {
        double[] sigmas = [.. settings.Sigmas];
        double MeanAt(int dimension, int sigma) => found.Average(result => result.Numbers(NameOf(dimension))[sigma]);
        double worst = Largest(settings.Dimensions.SelectMany(dimension => sigmas.Select((sigma, i) => sigma <= 1e-3 ? MeanAt(dimension, i) : 0)));
        double last = Largest(settings.Dimensions.Select(dimension => MeanAt(dimension, sigmas.Length - 1)));
        var rows = settings.Dimensions.Select(dimension => (string[])[$"{dimension}", .. sigmas.Select((_, i) => Invariant($"{MeanAt(dimension, i):G3}"))]);
        return new ModelFinding(
            Invariant($"{model.Title}: at most {worst:G2} at sigma <= 1e-3, {last:G2} at {sigmas[^1]:G2}"),
            $"|direct - closed form| / direct with {settings.Samples} samples, k = {settings.K}; mean over {found.Count} orders of the samples. "
            + "Part of it is the noise of sampling, which falls with the root of the samples.",
            new FindingTable(["D", .. sigmas.Select(sigma => Invariant($"sigma = {sigma:G2}"))], [.. rows]),
            LogLog(
                $"Closed form against direct sampling: {model.Network}", "sigma", "relative difference",
                settings.Dimensions.Select(dimension => Line(NameOf(dimension), sigmas, found))));
    }

    private protected override string Headline(ModelErrorSettings settings, string[] answers) =>
        $"Relative difference of the closed form from direct sampling: {string.Join("; ", answers)}.";

    private static string NameOf(int dimension) => $"D={dimension}";

    private protected override JsonObject Measure(Probed probed)
    {
        var (settings, risk, pairs, whole, seed, context) = probed;
        var result = new JsonObject();
        int done = 0, parts = settings.Dimensions.Count * settings.Sigmas.Count;
        foreach (int dimension in settings.Dimensions)
        {
            using var scope = TensorScope.Begin();
            var subspace = pairs.Eigenvectors.Slice(0, 0, dimension);
            var increment = whole.Truncate(dimension);
            result[NameOf(dimension)] = CellResult.Json(settings.Sigmas.Select(sigma =>
            {
                double direct = DirectMonteCarlo.InSubspace(
                    risk, subspace, [settings.K], sigma, settings.Samples, (ulong)seed, context.Cancellation, probed.Progress(done++, parts))[0].Estimate.Mean;
                return Math.Abs(direct - increment.GaussianMoment(sigma)) / direct;
            }));
        }

        return result;
    }
}
