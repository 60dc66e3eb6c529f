using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>What an optimizer shares with one that wraps it: groups, rates, counters, and the preparation of a step.</summary>
internal sealed partial class OptimizerRun
{
    // Beyond, squares overflow in double precision.
    private const double LargestNorm = 1e150;

    // A normal number in single precision.
    private const double SmallestScale = 1e-37;

    private readonly UntrainedParameters _untrained;
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    internal OptimizerRun(IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        Step = new OptimizerStep(Groups);
        if (Step.Parameters.Count == 0)
            throw new ArgumentException("an optimizer takes at least one parameter; got none. Is the model without trainable layers?", nameof(groups));
        CheckUnique(Groups);
        _untrained = new UntrainedParameters(Step.Parameters);
    }

    internal IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The one to step: the last that was wrapped around the others.</summary>
    internal Optimizer? Outermost { get; set; }

    internal OptimizerStep Step { get; }

    /// <summary>Who else takes the step; null for nobody.</summary>
    internal IStepShare? Share { get; set; }

    internal double LearningRate { get; set; }

    internal LearningRateSchedule? Schedule { get; set; }

    internal double? MaxGradientNorm { get; set; }

    internal long StepCount { get; private set; }

    internal double LastGradientNorm { get; private set; }

    /// <summary>Reads and checks everything that can fail, so that an error leaves the parameters and the state as they were.</summary>
    internal OptimizerStep Prepare(string optimizer)
    {
        double factor = Schedule?.Factor(StepCount) ?? 1;
        if (!double.IsFinite(factor) || factor < 0)
        {
            throw new InvalidOperationException(
                $"{optimizer}: the schedule ({Schedule}) gave {factor} at step {StepCount}; a factor is finite and zero or more");
        }

        var parameters = Step.Parameters;
        var gradients = Step.Gradients;
        bool any = false;
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = parameters[i].Tensor.Gradient;
            any |= Share?.HasGradient(i) ?? gradients[i] is not null;
        }

        if (!any)
        {
            throw new InvalidOperationException(
                $"{optimizer}.Step: no parameter has a gradient at step {StepCount}. Call Backward() on the loss first, and Step() before ZeroGrad()");
        }

        // Of a step that is shared, each process sees a part.
        if (Share is null)
            _untrained.Look(optimizer, gradients);
        double norm = Share is null ? Step.Backend.Norm(gradients) : SharedNorm(Share);
        if (!double.IsFinite(norm))
        {
            CheckParameters(optimizer);
            NonFiniteCheck.Gradients(optimizer, StepCount, Step);
            norm = double.MaxValue;
        }

        double scale = MaxGradientNorm is { } limit && norm > limit ? limit / norm : 1;
        if (scale * norm > LargestNorm)
            throw NonFiniteCheck.Overflow(optimizer, Step, StepCount);
        Step.ScheduleFactor = factor;
        Step.LearningRate = LearningRate * factor;
        NonFiniteCheck.Rates(optimizer, Step, StepCount);
        LastGradientNorm = norm;
        Step.Index = StepCount;
        Step.GradientScale = scale;
        Step.GradientNorm = scale * norm;
        if (scale < SmallestScale)
            Clip();
        return Step;
    }

    /// <summary>From the norm of each parameter's gradient, so that it does not depend on who holds which.</summary>
    private double SharedNorm(IStepShare share)
    {
        double[] norms = [.. Step.Gradients.Select(gradient => gradient is null ? 0 : Step.Backend.Norm(gradient))];
        share.Exchange(norms);
        double largest = norms.Max();
        if (largest == 0 || !double.IsFinite(norms.Sum()))
            return norms.Sum();
        return largest * Math.Sqrt(norms.Sum(norm => norm / largest * (norm / largest)));
    }

    /// <summary>A factor so small that an element type would hold it with few digits, or as zero: gradients are scaled here, in double precision.</summary>
    private void Clip()
    {
        var gradients = Step.Gradients;
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not { } gradient)
                continue;
            var clipped = gradient.New(gradient.Shape);
            clipped.Backend.Affine(gradient, Step.GradientScale, 0, clipped);
            gradients[i] = clipped;
        }

        Step.GradientScale = 1;
    }

    internal void CountStep() => StepCount++;

    internal void SayOnce(string line, Action<string>? handler)
    {
        if (_said.Add(line))
            (handler ?? Warnings.Say)(line);
    }

    internal void CheckParameters(string optimizer) => NonFiniteCheck.Parameters(optimizer, StepCount, Step);

    private static void CheckUnique(IReadOnlyList<ParameterGroup> groups)
    {
        var names = new Dictionary<string, (Tensor Tensor, int Group)>(StringComparer.Ordinal);
        var tensors = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (var (name, tensor) in groups[group].Parameters)
            {
                if (!names.TryAdd(name, (tensor, group)))
                    throw new ArgumentException(Twice(name, names[name].Tensor == tensor, names[name].Group, group));
                if (!tensors.TryAdd(tensor, name))
                {
                    throw new ArgumentException(
                        $"the parameters \"{tensors[tensor]}\" and \"{name}\" are one tensor; an optimizer takes each once. "
                        + "Leave one out, for example with DistinctBy(parameter => parameter.Tensor)");
                }
            }
        }
    }

    private static string Twice(string name, bool isOneTensor, int first, int second) =>
        !isOneTensor
            ? $"two parameters are named \"{name}\", and an optimizer knows each by its name. "
                + $"Put their modules into one, or name one anew: new Parameter(\"other.{name}\", tensor)"
        : first == second ? $"the parameter \"{name}\" was given twice; an optimizer takes each once"
        : $"the parameter \"{name}\" was given twice, in the parameter groups {first} and {second}; an optimizer takes each once, in one group";
}
