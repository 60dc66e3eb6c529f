using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Kappa.Isometry;
using Kappa.Lab.Settings;
using Kappa.Lab.Studies;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;

namespace Kappa.Lab.Catalog;

/// <summary>The optimizers that a config may name, and activation preconditioning, which goes in front of any of them.</summary>
public static class OptimizerRegistry
{
    private const string Prefix = "dopr-";
    private static readonly AdamWOptions AdamWDefaults = new();
    private static readonly MuonOptions MuonDefaults = new();
    private static readonly AdaMuonOptions AdaMuonDefaults = new();
    private static readonly DoPrOptions DoPrDefaults = new();

    private static readonly SettingDescription Quintics = new(
        "orthogonalization", "string", "\"newton-schulz\"", "one quintic over and over, or the best one for each iteration (Amsel and others, 2025)", ["newton-schulz", "polar-express"]);

    /// <summary>The base optimizers, in the order to list them.</summary>
    public static IReadOnlyList<OptimizerKind> Kinds { get; } =
    [
        new OptimizerKind(
            "sgd", "SGD", "Stochastic gradient descent, with momentum if asked for.",
            [
                Number("momentum", 0, "share of the velocity kept, at least 0 and below 1"),
                Number("dampening", 0, "share of the gradient that does not enter the velocity, 0 to 1"),
                Flag("nesterov", false, "look ahead along the velocity (Nesterov); needs momentum"),
                Number("weightDecay", 0, "share of itself, times the learning rate, that a parameter loses in each step"),
            ],
            (model, values, rate, _) => new SGD(
                model.Parameters(),
                rate,
                SettingValues.Number(values, "momentum"),
                SettingValues.Number(values, "dampening"),
                SettingValues.Flag(values, "nesterov"),
                SettingValues.Number(values, "weightDecay"))),
        new OptimizerKind(
            "signum", "Signum", "Steps of one size along the sign of the momentum (Bernstein and others, 2018).",
            [
                Number("momentum", 0.9, "decay of the mean of gradients, at least 0 and below 1; 0 is signSGD"),
                Number("weightDecay", 0, "share of itself, times the learning rate, that a parameter loses in each step"),
            ],
            (model, values, rate, _) => new Signum(model.Parameters(), rate, SettingValues.Number(values, "momentum"), SettingValues.Number(values, "weightDecay"))),
        new OptimizerKind(
            "adamw", "AdamW", "Adam with decoupled weight decay (Loshchilov and Hutter, 2019).",
            AdamWSettings(AdamWDefaults.WeightDecay),
            (model, values, rate, _) => new AdamW(model.Parameters(), rate, AdamWOptionsOf(values))),
        new OptimizerKind(
            "muon", "Muon", "Momentum made orthogonal by Newton-Schulz (Jordan, 2024); AdamW for biases and what is no matrix.",
            MuonSettings(),
            (model, values, rate, _) => new Muon(model.Parameters(), rate, MuonOptionsOf(values))),
        new OptimizerKind(
            "adamuon", "AdaMuon", "Muon on the sign of the momentum, with a second moment and steps of AdamW's size (Si and others, 2025); AdamW for biases and what is no matrix.",
            [
                Number("momentum", AdaMuonDefaults.Momentum, "decay of the mean of gradients, at least 0 and below 1"),
                Number("beta2", AdaMuonDefaults.Beta2, "decay of the mean of squared directions, at least 0 and below 1"),
                Number("epsilon", AdaMuonDefaults.Epsilon, "added to the root of the mean square, above 0"),
                Flag("nesterov", AdaMuonDefaults.Nesterov, "mix the gradient into the mean (Nesterov)"),
                Number("weightDecay", AdaMuonDefaults.WeightDecay, "share of itself, times the learning rate, that an orthogonalised matrix loses in each step"),
                new SettingDescription("newtonSchulzSteps", "integer", Text(AdaMuonDefaults.NewtonSchulzSteps), "iterations of the quintic, 1 or more"),
                Quintics,
                new SettingDescription("matrices", "string", "\"hidden\"", "which matrices: all but the first and the last, or all", ["hidden", "all"]),
                Number("othersRatio", AdaMuonDefaults.OthersLearningRateRatio, "AdamW's share of the learning rate, for the other parameters, 0 or more"),
                Number("othersWeightDecay", AdaMuonDefaults.Others.WeightDecay, "AdamW's weight decay"),
            ],
            (model, values, rate, _) => new AdaMuon(model.Parameters(), rate, AdaMuonOptionsOf(values))),
        new OptimizerKind(
            "adamo", "AdamO", "AdamW with a step beside it that keeps the singular values of weights near one (Rosseau and others, 2026).",
            [.. AdamWSettings(0), .. IsometrySettings.All],
            (model, values, rate, onWarning) => new AdamO(model.Parameters(), rate, IsometrySettings.Options(values, onWarning), AdamWOptionsOf(values))),
        new OptimizerKind(
            "muono", "MuonO", "Muon with the step of AdamO beside it.",
            [.. MuonSettings(), .. IsometrySettings.All],
            (model, values, rate, onWarning) => new MuonO(model.Parameters(), rate, IsometrySettings.Options(values, onWarning), MuonOptionsOf(values))),
    ];

    /// <summary>The settings of <c>activationPreconditioning</c>, with defaults.</summary>
    public static IReadOnlyList<SettingDescription> PreconditioningSettings { get; } =
    [
        Number("gamma", DoPrDefaults.Gamma, "damping relative to the mean eigenvalue of the inputs' second moment, 0 or more"),
        Number("floor", DoPrDefaults.Floor, "absolute part of the damping, 0 or more"),
        new SettingDescription("damping", "string", "\"mean\"", "what gamma is relative to: the mean eigenvalue, or the trace", ["mean", "trace"]),
        new SettingDescription("layers", "string", "\"all\"", "which layers, linear ones, convolutions and embeddings: all, the first one, or all but the first", ["all", "first", "hidden"]),
        Flag("includeBias", DoPrDefaults.IncludeBias, "precondition the bias together with the weight"),
        Number("movingAverage", DoPrDefaults.MovingAverage, "decay of a moving average of the second moment, at least 0 and below 1; 0 for none"),
        new SettingDescription("refresh", "integer", Text(DoPrDefaults.RefreshInterval), "steps between factorisations of the second moment, 1 or more"),
    ];

    /// <summary>Every name that a config may give, the shorthands for preconditioned ones included.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => kind.Name), .. Kinds.Select(kind => Prefix + kind.Name)];

    /// <summary>Makes the optimizer of one trial.</summary>
    /// <param name="config">What the config says of it.</param>
    /// <param name="model">The trial's model.</param>
    /// <param name="learningRate">The trial's learning rate.</param>
    /// <param name="onWarning">Takes what the optimizer warns of, such as a gradient that it leaves as it is; null drops it.</param>
    /// <exception cref="ConfigException">A setting is out of range, or does not go with the model.</exception>
    public static Optimizer Create(OptimizerConfig config, Module model, double learningRate, Action<string>? onWarning = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        try
        {
            var optimizer = Kinds.Single(kind => kind.Name == config.Name).Create(model, config.Settings, learningRate, onWarning);
            return config.ActivationPreconditioning is { } preconditioning
                ? new DoPr(optimizer, model, DoPrOptionsOf(preconditioning) with { OnWarning = onWarning })
                : optimizer;
        }
        catch (ArgumentException error)
        {
            throw new ConfigException(InWordsOfConfig(error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" ")));
        }
    }

    internal static bool TryResolve(string name, [NotNullWhen(true)] out OptimizerKind? kind, out bool isPreconditioned)
    {
        isPreconditioned = name.StartsWith(Prefix, StringComparison.Ordinal);
        string baseName = isPreconditioned ? name[Prefix.Length..] : name;
        kind = Kinds.FirstOrDefault(candidate => candidate.Name == baseName);
        return kind is not null;
    }

    /// <summary>Finds settings out of range while the config is read, rather than when the first trial starts.</summary>
    internal static void Check(OptimizerConfig config, string path)
    {
        var model = new Sequential(new Linear(2, 2), new ReLU(), new Linear(2, 2), new ReLU(), new Linear(2, 1));
        try
        {
            _ = Create(config, model, config.LearningRates[0]);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"{path}: {error.Message}");
        }
    }

    /// <summary>The library names its own types in the way out; a config has other words for them.</summary>
    private static string InWordsOfConfig(string message) => message
        .Replace("MuonMatrices.All", "\"matrices\": \"all\"", StringComparison.Ordinal)
        .Replace("MuonMatrices.Hidden", "\"matrices\": \"hidden\"", StringComparison.Ordinal);

    private static MuonOptions MuonOptionsOf(JsonObject values) => new()
    {
        Momentum = SettingValues.Number(values, "momentum"),
        Nesterov = SettingValues.Flag(values, "nesterov"),
        WeightDecay = SettingValues.Number(values, "weightDecay"),
        NewtonSchulzSteps = SettingValues.Integer(values, "newtonSchulzSteps"),
        Orthogonalization = OrthogonalizationOf(values),
        Matrices = MatricesOf(values),
        OthersLearningRateRatio = SettingValues.Number(values, "othersRatio"),
        Others = new AdamWOptions { WeightDecay = SettingValues.Number(values, "othersWeightDecay") },
    };

    private static AdaMuonOptions AdaMuonOptionsOf(JsonObject values) => new()
    {
        Momentum = SettingValues.Number(values, "momentum"),
        Beta2 = SettingValues.Number(values, "beta2"),
        Epsilon = SettingValues.Number(values, "epsilon"),
        Nesterov = SettingValues.Flag(values, "nesterov"),
        WeightDecay = SettingValues.Number(values, "weightDecay"),
        NewtonSchulzSteps = SettingValues.Integer(values, "newtonSchulzSteps"),
        Orthogonalization = OrthogonalizationOf(values),
        Matrices = MatricesOf(values),
        OthersLearningRateRatio = SettingValues.Number(values, "othersRatio"),
        Others = new AdamWOptions { WeightDecay = SettingValues.Number(values, "othersWeightDecay") },
    };

    private static Orthogonalization OrthogonalizationOf(JsonObject values) =>
        SettingValues.Text(values, "orthogonalization") == "polar-express" ? Orthogonalization.PolarExpress : Orthogonalization.NewtonSchulz;

    private static MuonMatrices MatricesOf(JsonObject values) => SettingValues.Text(values, "matrices") == "all" ? MuonMatrices.All : MuonMatrices.Hidden;

    private static AdamWOptions AdamWOptionsOf(JsonObject values) => new()
    {
        Beta1 = SettingValues.Number(values, "beta1"),
        Beta2 = SettingValues.Number(values, "beta2"),
        Epsilon = SettingValues.Number(values, "epsilon"),
        WeightDecay = SettingValues.Number(values, "weightDecay"),
    };

    private static DoPrOptions DoPrOptionsOf(JsonObject values)
    {
        var options = new DoPrOptions
        {
            Gamma = SettingValues.Number(values, "gamma"),
            Floor = SettingValues.Number(values, "floor"),
            Damping = SettingValues.Text(values, "damping") == "trace" ? DampingRule.RelativeToTrace : DampingRule.RelativeToMean,
            Layers = SettingValues.Text(values, "layers") switch
            {
                "first" => LayerSelection.First,
                "hidden" => LayerSelection.AllButFirst,
                _ => LayerSelection.All,
            },
            IncludeBias = SettingValues.Flag(values, "includeBias"),
            MovingAverage = SettingValues.Number(values, "movingAverage"),
            RefreshInterval = SettingValues.Integer(values, "refresh"),
        };
        options.Validate();
        return options;
    }

    private static SettingDescription[] AdamWSettings(double weightDecay) =>
    [
        Number("beta1", AdamWDefaults.Beta1, "decay of the mean of gradients, at least 0 and below 1"),
        Number("beta2", AdamWDefaults.Beta2, "decay of the mean of squared gradients, at least 0 and below 1"),
        Number("epsilon", AdamWDefaults.Epsilon, "added to the root of the mean square, above 0"),
        Number("weightDecay", weightDecay, "share of itself, times the learning rate, that a parameter loses in each step"),
    ];

    private static SettingDescription[] MuonSettings() =>
    [
        Number("momentum", MuonDefaults.Momentum, "decay of the mean of gradients, at least 0 and below 1"),
        Flag("nesterov", MuonDefaults.Nesterov, "mix the gradient into the mean (Nesterov)"),
        Number("weightDecay", MuonDefaults.WeightDecay, "share of itself, times the learning rate, that an orthogonalised matrix loses in each step"),
        new SettingDescription("newtonSchulzSteps", "integer", Text(MuonDefaults.NewtonSchulzSteps), "iterations of the quintic, 1 or more"),
        Quintics,
        new SettingDescription("matrices", "string", "\"hidden\"", "which matrices: all but the first and the last, or all", ["hidden", "all"]),
        Number("othersRatio", MuonDefaults.OthersLearningRateRatio, "AdamW's share of the learning rate, for the other parameters, 0 or more"),
        Number("othersWeightDecay", MuonDefaults.Others.WeightDecay, "AdamW's weight decay"),
    ];

    private static SettingDescription Number(string name, double value, string meaning) => new(name, "number", Text(value), meaning);

    private static SettingDescription Flag(string name, bool value, string meaning) => new(name, "boolean", value ? "true" : "false", meaning);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
