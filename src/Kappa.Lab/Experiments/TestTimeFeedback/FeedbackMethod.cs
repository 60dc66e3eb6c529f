namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>A method of the study: an optimizer with or without activation preconditioning, or a control.</summary>
/// <param name="Optimizer">The optimizer; rate and weight decay are what a candidate says.</param>
/// <param name="LearningRates">The rates to begin with.</param>
/// <param name="Reference">The title of the method it is held against: the same optimizer without anything; null for that one itself.</param>
/// <param name="IsControl">Whether it is there to say why.</param>
internal sealed record FeedbackMethod(OptimizerConfig Optimizer, IReadOnlyList<double> LearningRates, string? Reference, bool IsControl)
{
    private const string DecayField = "weightDecay";

    /// <summary>What tables and plots call it.</summary>
    internal string Title => Optimizer.Label;

    /// <summary>What keys of cells and files call it.</summary>
    internal string Key { get; } = RunPaths.Slug(Optimizer.Label);

    internal static IReadOnlyList<FeedbackMethod> Of(FeedbackSettings settings)
    {
        var methods = new List<FeedbackMethod>();
        foreach (var given in settings.Optimizers)
        {
            double[] rates = [.. (given.LearningRates.Count == 0 ? settings.LearningRates : given.LearningRates).Order()];
            var plain = new OptimizerConfig { Base = given.Base, Steps = settings.Steps };
            methods.Add(new FeedbackMethod(plain, rates, null, IsControl: false));
            methods.Add(new FeedbackMethod(Preconditioned(plain, settings, LayerSelection.All), rates, plain.Label, IsControl: false));
        }
        var (first, firstRates) = (methods[0].Optimizer, methods[0].LearningRates);
        foreach (string control in settings.Controls)
        {
            var optimizer = control switch
            {
                FeedbackSettings.Whitened => first with { Whiten = true, Label = null! },
                FeedbackSettings.FirstLayer => Preconditioned(first, settings, LayerSelection.First),
                FeedbackSettings.HiddenLayers => Preconditioned(first, settings, LayerSelection.AllButFirst),
                _ => first with
                {
                    Steps = (int)Math.Ceiling(settings.Steps * settings.LongerBy), Label = Figures.Say($"{first.Title}, {settings.LongerBy} times the steps"),
                },
            };
            methods.Add(new FeedbackMethod(optimizer, firstRates, first.Label, IsControl: true));
        }
        return methods;
    }

    /// <summary>The candidates to begin with.</summary>
    internal IReadOnlyList<Candidate> Candidates(FeedbackSettings settings) => settings.WeightDecays.Count == 0
        ? [.. LearningRates.Select(rate => new Candidate(rate, null))]
        : [.. from decay in settings.WeightDecays from rate in LearningRates select new Candidate(rate, decay)];

    /// <summary>The optimizer with what a candidate says.</summary>
    internal OptimizerConfig With(Candidate candidate)
    {
        var optimizer = Optimizer with { LearningRates = [candidate.LearningRate] };
        if (candidate.WeightDecay is not { } decay)
            return optimizer;
        var type = optimizer.Base.Kind.SettingsType;
        var written = type.Write(optimizer.Base.Settings);
        written[DecayField] = decay;
        return optimizer with { Base = optimizer.Base with { Settings = type.Read(JsonElement.Parse(written.ToJsonString()), "", Choices.None) } };
    }

    /// <summary>Finds what does not go together before anything runs.</summary>
    internal void Require(SettingsCheck check) => Optimizer.RequireMakes(check, LearningRates);

    private static OptimizerConfig Preconditioned(OptimizerConfig plain, FeedbackSettings settings, LayerSelection layers) => plain with
    {
        ActivationPreconditioning = new Switched<DoPrOptions>(settings.ActivationPreconditioning with { Layers = layers }),
    };
}
