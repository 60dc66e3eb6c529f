using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>What an optimizer shares with one that wraps it: groups, rates, counters, and the preparation of a step.</summary>
internal sealed class OptimizerRun
{
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
        double norm = Math.Sqrt(Backend.Current.SumOfSquares(gradients));
        if (!double.IsFinite(norm))
        {
            CheckParameters(optimizer);
            NonFiniteCheck.Gradients(optimizer, StepCount, Step);
            norm = NonFiniteCheck.ScaledNorm(gradients);
            if (MaxGradientNorm is null)
                throw NonFiniteCheck.Overflow(optimizer, StepCount, norm);
        }

        LastGradientNorm = norm;
        Step.Index = StepCount;
        Step.ScheduleFactor = factor;
        Step.LearningRate = LearningRate * factor;
        Step.GradientScale = MaxGradientNorm is { } limit && norm > limit ? limit / norm : 1;
        return Step;
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
            if (!double.IsFinite(value) || value < 0 || (isCount && value != Math.Floor(value)) || (name == "max_gradient_norm" && value == 0))
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
