namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>An optimizer that runs with and without activation preconditioning in front.</summary>
internal sealed record BaseOptimizer : ICheckedSettings
{
    [Setting("the optimizer's", Flat = true)]
    public required Choice<OptimizerKind> Base { get; init; }

    [Setting("learning rates of its own to begin with; none takes those of the study", Above = 0, OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    public void Check(SettingsCheck check)
    {
        if (Base.As != Base.Name)
            throw check.Fault(ChoiceForm.NameField, $"expected {Base.Name}, which runs with and without activation preconditioning; got {Base.As}");
    }
}
