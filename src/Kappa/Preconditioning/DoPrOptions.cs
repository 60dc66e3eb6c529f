namespace Kappa.Preconditioning;

/// <summary>Settings of <see cref="DoPr"/>.</summary>
public sealed record DoPrOptions
{
    /// <summary>gamma, the damping relative to the activations' second moment; 0 or more. Default 0.1, as in the paper.</summary>
    [Range(AtLeast = 0)]
    public double Gamma { get; init; } = 0.1;

    /// <summary>What gamma is relative to.</summary>
    public DampingRule Damping { get; init; } = DampingRule.RelativeToMean;

    /// <summary>The absolute part of the damping, which keeps a layer with no input solvable; 0 or more.</summary>
    [Range(AtLeast = 0)]
    public double Floor { get; init; } = 1e-8;

    /// <summary>Which layers.</summary>
    public LayerSelection Layers { get; init; } = LayerSelection.All;

    /// <summary>A further choice by the weight's path, such as <c>name => !name.StartsWith("head")</c>; null takes all of <see cref="Layers"/>.</summary>
    public Func<string, bool>? Filter { get; init; }

    /// <summary>Whether the bias is preconditioned together with the weight, as the column that the input 1 feeds. Off in the paper.</summary>
    public bool IncludeBias { get; init; }

    /// <summary>What preconditions convolutions without groups. Their bias, and convolutions in groups, keep their plain gradient.</summary>
    public ConvolutionStatistics Convolutions { get; init; } = ConvolutionStatistics.Patches;

    /// <summary>The decay of a moving average of S over steps, at least 0 and below 1; 0 takes each step's S alone, as the paper does.</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double MovingAverage { get; init; }

    /// <summary>Factor S anew every so many steps, 1 or more. Above 1 the primal form is used. An embedding's S needs no factor and is that of each
    /// step.</summary>
    [Range(AtLeast = 1)]
    public int RefreshInterval { get; init; } = 1;

    /// <summary>Whether factors are computed beside the steps, on threads of their own: that of a refresh is used from the next refresh on, so that it is one
    /// to two intervals old, whatever the time that it took. The first is waited for. Takes a <see cref="RefreshInterval"/> above 1, and three more matrices
    /// of the size of S for each layer. Off in the paper.</summary>
    public bool AsynchronousRefresh { get; init; }

    /// <summary>Which exact form; the default chooses by flop count.</summary>
    public PreconditioningForm Form { get; init; } = PreconditioningForm.Automatic;

    /// <summary>Takes a line, once for each layer and reason, when a gradient had to be left as it was; null drops it (see <see cref="DoPr.Layers"/> for
    /// counts). It hears too, and otherwise <see cref="Warnings"/> does, when model and optimizer do not cover each other.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (AsynchronousRefresh && RefreshInterval == 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(AsynchronousRefresh), true,
                "DoPrOptions.AsynchronousRefresh: a factor that is computed beside the steps is used for some of them; expected a RefreshInterval above 1, "
                + "such as 10; got 1");
        }
        if (Form == PreconditioningForm.Dual && (RefreshInterval > 1 || MovingAverage > 0))
            throw new ArgumentOutOfRangeException(nameof(Form), Form, "DoPrOptions.Form: a moving average or a refresh interval above 1 needs the primal form");
    }
}
