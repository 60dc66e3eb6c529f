namespace Kappa.Lab.Experiments.Curvature;

/// <summary>How the criteria fall with k, with fitted slopes.</summary>
/// <remarks>The paper evaluates each k at weights on their way; here w* is one trained model and k alone grows, which is what the rate speaks of.</remarks>
internal sealed class DecayExperiment : CriteriaExperiment
{
    private DecayExperiment(string name, string summary, DecaySettings settings) => (Name, Summary, Short) = (name, summary, settings);

    /// <summary>Figure 2 of arXiv 2604.14870: three architectures.</summary>
    internal static DecayExperiment OfNetworks { get; } = new(
        "fig2",
        "How Delta_1, Delta_2 and Delta_2^(D) fall with the number of samples, with fitted slopes: transformer, MLP and convolutional network.",
        new());

    /// <summary>What the paper leaves open: whether the decay is the same for models that different optimizers trained.</summary>
    internal static DecayExperiment OfOptimizers { get; } = new(
        "optimizers",
        "The criteria over k at transformers that SGD, AdamW, Muon and DoPr-AdamW trained: same data, same steps, other minima.",
        new() { Networks = ["transformer"], Optimizers = ["sgd", "adamw", "muon", "dopr-adamw"], Seeds = 3 });

    public override string Name { get; }

    public override string Summary { get; }

    protected override DecaySettings Short { get; }

    protected override DecaySettings Full => Short.AtFullSize();

    private protected override ModelFinding Describe(DecaySettings settings, ProbedModel model, IReadOnlyList<CellResult> found)
    {
        double[] k = found[0].Numbers("k");
        string[] names = [.. Names(settings)];
        string SlopeOf(string name) => Text(Mean(found, result => Slope(result, name)));
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{found[0].Number("parameters"):N0} parameters, loss {found.Average(result => result.Number("loss")):F3}, "
            + $"largest eigenvalue {Text(Mean(found, result => result.Numbers("eigenvalues")[0]), "G3")}. The quadratic model holds within 1% up to "
            + $"sigma = {found.Min(result => result.Number("validSigma")):G2} in every order of the samples. Slopes are of log(criterion) over log(k + 1), "
            + $"with 95% intervals over {found.Count} orders of the samples; each point is a mean over {settings.Candidates} added samples. "
            + $"The theory says -2 for the mean-squared criteria and -1 for Delta_1.");
        var table = new FindingTable(
            ["criterion", $"k = {k[0]}", $"k = {k[^1]}", "slope"],
            [.. names.Select(name => (string[])[name, MeanAt(name, 0), MeanAt(name, k.Length - 1), SlopeOf(name)])]);
        return new ModelFinding(
            $"{model.Title} {SlopeOf(Main(settings))}", text, table,
            LogLog($"Criteria over k: {model.Title}", "k", "criterion", names.Select(name => Line(name, k, found, result => Values(result, name)))));

        string MeanAt(string name, int i) => FormattableString.Invariant($"{found.Average(result => Values(result, name)[i]):G3}");
    }

    private protected override string Headline(DecaySettings settings, string[] answers) =>
        $"Slope of {Main(settings)} over k: {string.Join("; ", answers)}. The rate of the theorem is -2.";

    /// <summary>The names of every curve that settings ask for.</summary>
    private static IEnumerable<string> Names(DecaySettings settings) =>
    [
        NameOf(StabilizationCriterion.Point),
        .. settings.Sigmas.SelectMany(sigma => (string[])
        [
            NameOf(StabilizationCriterion.FullSpace, null, sigma),
            .. settings.Dimensions.Select(dimension => NameOf(StabilizationCriterion.Subspace, dimension, sigma)),
        ]),
    ];

    /// <summary>The curve that the headline speaks of: the largest subspace, at the largest sigma at which the model is sure to hold.</summary>
    private static string Main(DecaySettings settings) => NameOf(
        StabilizationCriterion.Subspace, settings.Dimensions.Max(),
        settings.Sigmas.Where(sigma => sigma <= 1e-3).DefaultIfEmpty(settings.Sigmas.Min()).Max());
}
