namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>A method of the study: an optimizer with or without activation preconditioning, a control, or an ablation of activation preconditioning.</summary>
/// <param name="Optimizer">The optimizer; rate and weight decay are what a candidate says.</param>
/// <param name="LearningRates">The rates to begin with.</param>
/// <param name="Reference">The title of the method it is held against: the same optimizer without anything, of an ablation the one with activation
/// preconditioning as it is; null for an optimizer without anything.</param>
/// <param name="IsControl">Whether it is there to say why.</param>
internal sealed record FeedbackMethod(OptimizerConfig Optimizer, IReadOnlyList<double> LearningRates, string? Reference, bool IsControl)
{
    private const string DecayField = "weightDecay";

    /// <summary>What tables and plots call it.</summary>
    internal string Title => Optimizer.Label;

    /// <summary>What keys of cells and files call it.</summary>
    internal string Key { get; } = RunPaths.Slug(Optimizer.Label);

    /// <summary>What of activation preconditioning is varied; null where it is as it is.</summary>
    internal Ablation? Ablation { get; init; }

    /// <summary>Whether it is an optimizer of the study with activation preconditioning, rather than there to say why or how.</summary>
    internal bool IsCompared => Reference is not null && !IsControl && Ablation is null;

    /// <summary>Whether its steps are as many as the others' time allows, which is measured.</summary>
    internal bool IsTimed { get; private init; }

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
                _ when settings.MeasuresLonger => first with { Label = $"{first.Title}, as long" },
                _ => Longer(first, settings.LongerBy) with { Label = Figures.Say($"{first.Title}, {settings.LongerBy} times the steps") },
            };
            methods.Add(new FeedbackMethod(optimizer, firstRates, first.Label, IsControl: true)
            {
                IsTimed = control == FeedbackSettings.Longer && settings.MeasuresLonger,
            });
        }
        var preconditioned = methods[1].Optimizer;
        foreach (var ablation in settings.Ablations.Of(settings.ActivationPreconditioning))
        {
            var optimizer = Preconditioned(first, settings with { ActivationPreconditioning = ablation.Of(settings.ActivationPreconditioning) },
                LayerSelection.All) with
            {
                Label = Figures.Say($"{preconditioned.Title}, {ablation.Title} {ablation.Value}"),
            };
            methods.Add(new FeedbackMethod(optimizer, firstRates, preconditioned.Label, IsControl: false) { Ablation = ablation });
        }
        return methods;
    }

    /// <summary>The method with as many steps as were measured to take as long; itself where it is not timed.</summary>
    internal FeedbackMethod Timed(StepTimes? times) =>
        !IsTimed ? this
        : times is null ? throw new InvalidOperationException("expected the steps to be timed before methods run")
        : this with { Optimizer = Longer(Optimizer, times.Factor) };

    private static OptimizerConfig Longer(OptimizerConfig optimizer, double factor) =>
        optimizer with { Steps = (int)Math.Min(ComparisonConfig.MaximumSteps, Math.Ceiling(optimizer.Steps * factor)) };

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
