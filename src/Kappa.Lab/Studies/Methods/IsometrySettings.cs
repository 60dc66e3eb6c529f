namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of the isometry penalty, beside those of <c>adamo</c>'s and <c>muono</c>'s base.</summary>
internal sealed record IsometrySettings
{
    private static readonly IsometryOptions Library = new();

    [Setting("lambda, the strength of the isometry penalty", AtLeast = 0)]
    public double Strength { get; init; } = Library.Strength;

    [Setting("strengths of some weights, such as {\"pattern\": \"0.*\", \"strength\": 0.01}; the first pattern that fits counts", MayBeEmpty = true)]
    public IReadOnlyList<LayerStrengthSettings> LayerStrengths { get; init; } = [];

    [Setting("what the squares of the singular values are drawn to; 2 makes up for a ReLU", Above = 0)]
    public double Target { get; init; } = Library.Target;

    [Setting("learning rate of the penalty; 0 takes the optimizer's", AtLeast = 0)]
    public double PenaltyRate { get; init; }

    [Setting("multiply the target of a matrix with more rows than columns by their ratio")]
    public bool RectangularCorrection { get; init; } = Library.RectangularCorrection;

    [Setting("divide the penalty by the size of the Gram matrix")]
    public bool DivideByGramSize { get; init; } = Library.DivideByGramSize;

    [Setting("take half of the penalty, as the authors' code does")]
    public bool HalfConvention { get; init; } = Library.HalfConvention;

    [Setting("patterns of weights that are left alone, such as \"*embedding*\"; * stands for any text", MayBeEmpty = true)]
    public IReadOnlyList<string> Exclude { get; init; } = Library.Exclude;

    [Setting("regularise the output head too")]
    public bool IncludeOutput { get; init; } = Library.IncludeOutput;

    [Setting("the penalty is taken in every so many steps", AtLeast = 1)]
    public int Interval { get; init; } = Library.Interval;

    [Setting("a gradient step beside the optimizer's, a part of the loss, or a pull to the nearest orthogonal matrix")]
    public IsometryVariant Variant { get; init; } = Library.Variant;

    [Setting("whether the penalty's gradient is taken before the optimizer's step or after it", OneOf = ["before", "after"])]
    public string Point { get; init; } = "before";

    internal IsometryOptions Options(Action<string>? onWarning) => new()
    {
        Strength = Strength,
        LayerStrengths = [.. LayerStrengths.Select(layer => new LayerStrength(layer.Pattern, layer.Strength))],
        Target = Target,
        LearningRate = PenaltyRate == 0 ? null : PenaltyRate,
        RectangularCorrection = RectangularCorrection,
        DivideByGramSize = DivideByGramSize,
        HalfConvention = HalfConvention,
        Exclude = Exclude,
        IncludeOutput = IncludeOutput,
        Interval = Interval,
        Variant = Variant,
        Point = Point == "after" ? IsometryPoint.AfterStep : IsometryPoint.BeforeStep,
        OnWarning = onWarning,
    };
}
