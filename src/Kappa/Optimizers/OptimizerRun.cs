using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>What an optimizer shares with one that wraps it: groups, rates, counters, and the preparation of a step.</summary>
internal sealed class OptimizerRun
{
    // Beyond, squares overflow in double precision.
    private const double LargestNorm = 1e150;

    // A normal number in single precision.
    private const double SmallestScale = 1e-37;

    internal OptimizerRun(IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        Step = new OptimizerStep(Groups);
        if (Step.Parameters.Count == 0)
            throw new ArgumentException("an optimizer takes at least one parameter; got none. Is the model without trainable layers?", nameof(groups));
        CheckUnique(Step.Parameters);
    }

    internal IReadOnlyList<ParameterGroup> Groups { get; }

    internal OptimizerStep Step { get; }

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
            throw new InvalidOperationException($"{optimizer}: the schedule ({Schedule}) gave {factor} at step {StepCount}; a factor is finite and zero or more");
        var parameters = Step.Parameters;
        var gradients = Step.Gradients;
        bool any = false;
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = parameters[i].Tensor.Gradient;
            any |= gradients[i] is not null;
        }

        if (!any)
            throw new InvalidOperationException($"{optimizer}.Step: no parameter has a gradient at step {StepCount}. Call Backward() on the loss first, and Step() before ZeroGrad()");
        double norm = Backend.Current.Norm(gradients);
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

    /// <summary>A factor so small that an element type would hold it with few digits, or as zero: gradients are scaled here, in double precision.</summary>
    private void Clip()
    {
        var gradients = Step.Gradients;
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not { } gradient)
                continue;
            var clipped = Tensor.Uninitialized(gradient.Shape, gradient.DataType);
            Backend.Current.Affine(gradient, Step.GradientScale, 0, clipped);
            gradients[i] = clipped;
        }

        Step.GradientScale = 1;
    }

    internal void CountStep() => StepCount++;

    internal void CheckParameters(string optimizer) => NonFiniteCheck.Parameters(optimizer, StepCount, Step);

    internal void AddTo(OptimizerState state)
    {
        state.Add("step_count", StepCount);
        state.Add("learning_rate", LearningRate);
        state.Add("last_gradient_norm", LastGradientNorm);
        if (MaxGradientNorm is { } norm)
            state.Add("max_gradient_norm", norm);
        for (int i = 0; i < Groups.Count; i++)
        {
            state.Add($"group.{i}.learning_rate_scale", Groups[i].LearningRateScale);
            if (Groups[i].WeightDecay is { } decay)
                state.Add($"group.{i}.weight_decay", decay);
        }
    }

    internal void LoadFrom(OptimizerState state)
    {
        StepCount = (long)state.Numbers["step_count"];
        LearningRate = state.Numbers["learning_rate"];
        LastGradientNorm = state.Numbers["last_gradient_norm"];
        MaxGradientNorm = state.Numbers.TryGetValue("max_gradient_norm", out double norm) ? norm : null;
        for (int i = 0; i < Groups.Count; i++)
        {
            Groups[i].LearningRateScale = state.Numbers[$"group.{i}.learning_rate_scale"];
            Groups[i].WeightDecay = state.Numbers.TryGetValue($"group.{i}.weight_decay", out double decay) ? decay : null;
        }
    }

    /// <summary>Whether a number may be absent: a setting that was null when the state was written.</summary>
    internal static bool IsOptional(string name) =>
        name == "max_gradient_norm" || (name.StartsWith("group.", StringComparison.Ordinal) && name.EndsWith(".weight_decay", StringComparison.Ordinal));

    /// <summary>Checks the numbers of a state before any is used.</summary>
    internal static void Check(OptimizerState state)
    {
        foreach (var (name, value) in state.Numbers)
        {
            bool isCount = name == "step_count" || name.EndsWith(".updates", StringComparison.Ordinal);
            if (value < 0 || (isCount && value != Math.Floor(value)) || (name == "max_gradient_norm" && value == 0))
                throw new ArgumentException($"the state's {name} takes {(isCount ? "a whole number of zero or more" : "a number above zero")}; got {value}. Nothing was changed", nameof(state));
        }
    }

    private static void CheckUnique(IReadOnlyList<Parameter> parameters)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, tensor) in parameters)
        {
            if (!names.Add(name))
                throw new ArgumentException($"the parameter \"{name}\" was given twice; an optimizer takes each once");
            if (!tensors.TryAdd(tensor, name))
                throw new ArgumentException($"the parameters \"{tensors[tensor]}\" and \"{name}\" are one tensor; an optimizer takes each once. Leave one out, for example with DistinctBy(parameter => parameter.Tensor)");
        }
    }
}
