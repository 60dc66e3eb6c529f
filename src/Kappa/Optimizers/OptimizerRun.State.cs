namespace Kappa.Optimizers;

/// <content>Counters, rates and the settings of groups in a state, by the names of parameters.</content>
internal sealed partial class OptimizerRun
{
    /// <summary>What a state calls a weight that is tied to others; only there where it is.</summary>
    internal const string TiedSlot = ".is_tied";

    private const string ScaleSlot = ".learning_rate_scale";
    private const string DecaySlot = ".weight_decay";

    internal void AddTo(OptimizerState state)
    {
        state.Add("step_count", StepCount);
        state.Add("learning_rate", LearningRate);
        state.Add("last_gradient_norm", LastGradientNorm);
        if (MaxGradientNorm is { } norm)
            state.Add("max_gradient_norm", norm);
        foreach (var group in Groups)
        {
            foreach (var (name, _) in group.Parameters)
            {
                state.Add(name + ScaleSlot, group.LearningRateScale);
                if (group.WeightDecay is { } decay)
                    state.Add(name + DecaySlot, decay);
            }
        }
    }

    internal void LoadFrom(OptimizerState state)
    {
        StepCount = (long)state.Numbers["step_count"];
        LearningRate = state.Numbers["learning_rate"];
        LastGradientNorm = state.Numbers["last_gradient_norm"];
        MaxGradientNorm = state.Numbers.TryGetValue("max_gradient_norm", out double norm) ? norm : null;
        foreach (var group in Groups)
            (group.LearningRateScale, group.WeightDecay) = SettingsOf(group.Parameters[0].Name, state);
    }

    /// <summary>A state in which each parameter has the settings of its group, whoever wrote it.</summary>
    /// <remarks>States of before had them by the group's number, which says nothing of whose they are: they are taken where all groups had the same.</remarks>
    /// <exception cref="ArgumentException">They differ.</exception>
    internal OptimizerState WithSettingsByName(OptimizerState state)
    {
        const string Numbered = "group.";
        int[] numbers = [.. Enumerable.Range(0, state.Numbers.Count).TakeWhile(i => state.Numbers.ContainsKey($"{Numbered}{i}{ScaleSlot}"))];
        if (numbers.Length == 0 || state.Numbers.ContainsKey(Step.Parameters[0].Name + ScaleSlot))
            return state;
        (double Scale, double? Decay)[] settings = [.. numbers.Select(i => SettingsOf($"{Numbered}{i}", state)).Distinct()];
        if (settings.Length > 1)
        {
            throw new ArgumentException(
                $"the state gives its {numbers.Length} parameter groups different rates or decays by number, as Kappa once wrote them, "
                + "and does not say which parameters they held. Load the model alone, and start the optimizer anew", nameof(state));
        }

        var result = new OptimizerState(state.Kind);
        foreach (var (name, value) in state.Numbers.Where(entry => !entry.Key.StartsWith(Numbered, StringComparison.Ordinal)))
            result.Add(name, value);
        foreach (var (name, tensor) in state.Tensors)
            result.Tensors.Add(name, tensor);
        foreach (var (name, _) in Step.Parameters)
        {
            result.Add(name + ScaleSlot, settings[0].Scale);
            if (settings[0].Decay is { } decay)
                result.Add(name + DecaySlot, decay);
        }

        return result;
    }

    /// <summary>Whether a number may be absent: a setting that was null when the state was written.</summary>
    internal static bool IsOptional(string name) =>
        name == "max_gradient_norm" || name.EndsWith(DecaySlot, StringComparison.Ordinal)
        || name.EndsWith(TiedSlot, StringComparison.Ordinal);

    /// <summary>Checks the numbers of a state before any is used.</summary>
    internal void Check(OptimizerState state)
    {
        foreach (var group in Groups)
        {
            string first = group.Parameters[0].Name;
            string? other = group.Parameters.Select(parameter => parameter.Name).FirstOrDefault(name => SettingsOf(name, state) != SettingsOf(first, state));
            if (other is not null)
            {
                throw new ArgumentException(
                    $"the state has {Describe(first, state)} and {Describe(other, state)}, which are in one group here: "
                    + "group them as they were when the state was written. Nothing was changed", nameof(state));
            }
        }

        foreach (var (name, value) in state.Numbers)
        {
            bool isCount = name == "step_count" || name.EndsWith(".updates", StringComparison.Ordinal);
            if (value < 0 || (isCount && value != Math.Floor(value)) || (name == "max_gradient_norm" && value == 0))
            {
                throw new ArgumentException(
                    $"the state's {name} takes {(isCount ? "a whole number of zero or more" : "a number above zero")}; got {value}. Nothing was changed",
                    nameof(state));
            }
        }
    }

    private static (double Scale, double? Decay) SettingsOf(string name, OptimizerState state) =>
        (state.Numbers[name + ScaleSlot], state.Numbers.TryGetValue(name + DecaySlot, out double decay) ? decay : null);

    private static string Describe(string name, OptimizerState state)
    {
        var (scale, decay) = SettingsOf(name, state);
        return $"a learning-rate scale of {scale}{(decay is null ? "" : $" and a weight decay of {decay}")} for {name}";
    }
}
