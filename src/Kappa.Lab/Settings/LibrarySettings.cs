namespace Kappa.Lab.Settings;

/// <summary>The options of the library that configs offer, in the order in which they are written; defaults and ranges are the library's own.</summary>
internal static class LibrarySettings
{
    private static readonly (string Name, SettingAttribute Declared)[] OfOthers =
    [
        (nameof(AdamWOptions.WeightDecay), new("AdamW's weight decay") { Name = "othersWeightDecay" }),
    ];

    private static readonly (string Name, SettingAttribute Declared)[] OfMuon =
    [
        (nameof(MuonOptions.Momentum), new("decay of the mean of gradients")),
        (nameof(MuonOptions.Nesterov), new("mix the gradient into the mean (Nesterov)")),
        (nameof(MuonOptions.WeightDecay), new("share of itself, times the learning rate, that an orthogonalised matrix loses in each step")),
        (nameof(MuonOptions.NewtonSchulzSteps), new("iterations of the quintic") { AtMost = 1000 }),
        (nameof(MuonOptions.Orthogonalization), new("one quintic over and over, or the best one for each iteration (Amsel and others, 2025)")),
        (nameof(MuonOptions.Matrices), new("which matrices: all but the first and the last, or all") { OneOf = ["hidden", "all"] }),
        (nameof(MuonOptions.OthersLearningRateRatio), new("AdamW's share of the learning rate, for the other parameters") { Name = "othersRatio" }),
        (nameof(MuonOptions.Others), new("AdamW's") { Flat = true, Only = OfOthers }),
    ];

    private static readonly Dictionary<Type, (string Name, SettingAttribute Declared)[]> All = new()
    {
        [typeof(AdamWOptions)] =
        [
            (nameof(AdamWOptions.Beta1), new("decay of the mean of gradients")),
            (nameof(AdamWOptions.Beta2), new("decay of the mean of squared gradients")),
            (nameof(AdamWOptions.Epsilon), new("added to the root of the mean square")),
            (nameof(AdamWOptions.WeightDecay), new("share of itself, times the learning rate, that a parameter loses in each step")),
        ],
        [typeof(MuonOptions)] = OfMuon,
        [typeof(AdaMuonOptions)] =
        [
            .. OfMuon,
            (nameof(AdaMuonOptions.Beta2), new("decay of the mean of squared directions")),
            (nameof(AdaMuonOptions.Epsilon), new("added to the root of the mean square")),
        ],
        [typeof(IsometryOptions)] =
        [
            (nameof(IsometryOptions.Strength), new("lambda, the strength of the isometry penalty")),
            (nameof(IsometryOptions.LayerStrengths), new(
                "strengths of some weights, such as {\"pattern\": \"0.*\", \"strength\": 0.01}; the first pattern that fits counts") { MayBeEmpty = true }),
            (nameof(IsometryOptions.Target), new("what the squares of the singular values are drawn to; 2 makes up for a ReLU")),
            (nameof(IsometryOptions.LearningRate), new("learning rate of the penalty; 0 takes the optimizer's") { Name = "penaltyRate", ZeroIsNull = true }),
            (nameof(IsometryOptions.RectangularCorrection), new("multiply the target of a matrix with more rows than columns by their ratio")),
            (nameof(IsometryOptions.DivideByGramSize), new("divide the penalty by the size of the Gram matrix")),
            (nameof(IsometryOptions.HalfConvention), new("take half of the penalty, as the authors' code does")),
            (nameof(IsometryOptions.Exclude), new(
                "patterns of weights that are left alone, such as \"*embedding*\"; * stands for any text") { MayBeEmpty = true }),
            (nameof(IsometryOptions.IncludeOutput), new("regularise the output head too")),
            (nameof(IsometryOptions.Interval), new("the penalty is taken in every so many steps")),
            (nameof(IsometryOptions.Variant), new("a gradient step beside the optimizer's, a part of the loss, or a pull to the nearest orthogonal matrix")),
            (nameof(IsometryOptions.Point), new("whether the penalty's gradient is taken before the optimizer's step or after it")
            {
                OneOf = ["before", "after"], Meant = [IsometryPoint.BeforeStep, IsometryPoint.AfterStep],
            }),
        ],
        [typeof(LayerStrength)] =
        [
            (nameof(LayerStrength.Pattern), new("names of weights; * stands for any text")),
            (nameof(LayerStrength.Strength), new("lambda at these weights") { AtLeast = 0 }),
        ],
        [typeof(DoPrOptions)] =
        [
            (nameof(DoPrOptions.Gamma), new("damping relative to the mean eigenvalue of the inputs' second moment")),
            (nameof(DoPrOptions.Floor), new("absolute part of the damping")),
            (nameof(DoPrOptions.Damping), new("what gamma is relative to: the mean eigenvalue, or the trace")
            {
                OneOf = ["mean", "trace"], Meant = [DampingRule.RelativeToMean, DampingRule.RelativeToTrace],
            }),
            (nameof(DoPrOptions.Layers), new("which layers, linear ones, convolutions and embeddings: all, the first one, or all but the first")
            {
                OneOf = ["all", "first", "hidden"], Meant = [LayerSelection.All, LayerSelection.First, LayerSelection.AllButFirst],
            }),
            (nameof(DoPrOptions.IncludeBias), new("precondition the bias together with the weight")),
            (nameof(DoPrOptions.MovingAverage), new("decay of a moving average of the second moment; 0 for none")),
            (nameof(DoPrOptions.RefreshInterval), new("steps between factorisations of the second moment") { Name = "refresh" }),
            (nameof(DoPrOptions.AsynchronousRefresh), new("factor beside the steps, for use from the next refresh on")),
        ],
        [typeof(ReDoOptions)] =
        [
            (nameof(ReDoOptions.Interval), new("steps from one look for dormant units to the next")),
            (nameof(ReDoOptions.Threshold), new("tau: a unit is dormant where its mean magnitude over that of its layer is at most this")),
        ],
        [typeof(ContinualBackpropagationOptions)] =
        [
            (nameof(ContinualBackpropagationOptions.ReplacementRate), new("rho, the share of the mature units of each layer that is replaced in each step")),
            (nameof(ContinualBackpropagationOptions.Maturity), new("steps for which a new unit is safe from replacement")),
            (nameof(ContinualBackpropagationOptions.UtilityDecay), new("eta, the decay of the mean of utilities")),
        ],
        [typeof(ShrinkAndPerturbOptions)] =
        [
            (nameof(ShrinkAndPerturbOptions.Interval), new("steps from one action to the next")),
            (nameof(ShrinkAndPerturbOptions.Shrinkage), new("what every parameter is multiplied by")),
            (nameof(ShrinkAndPerturbOptions.Noise), new("standard deviation of what is added, over the root mean square of the parameter's initial values")),
        ],
        [typeof(SpectralRegularizationOptions)] =
        [
            (nameof(SpectralRegularizationOptions.Strength), new("lambda, what the penalty is multiplied by")),
            (nameof(SpectralRegularizationOptions.Power), new("k, the power of the largest singular value that is pulled to 1")),
            (nameof(SpectralRegularizationOptions.Iterations), new("rounds of power iteration in each step")),
            (nameof(SpectralRegularizationOptions.IncludeBiases), new("penalise biases too")),
        ],
    };

    /// <summary>The settings of a type of the library; null for a type of another kind.</summary>
    internal static IEnumerable<Setting>? Of(Type type) => All.TryGetValue(type, out var entries) ? Of(type, entries) : null;

    internal static IEnumerable<Setting> Of(Type type, IEnumerable<(string Name, SettingAttribute Declared)> entries) =>
        entries.Select(entry => new Setting(type.GetProperty(entry.Name)!, entry.Declared));
}
