using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Optimizers;

/// <summary>The state of AdamW over some of the parameters of an optimizer.</summary>
internal sealed class AdamWMoments
{
    /// <summary>Epsilons below this stand beside roots of mean squares that single precision does not hold: those are kept in double.</summary>
    private const double SmallestInSingle = 5.9e-11;

    /// <summary>The same for double precision, where nothing wider is left.</summary>
    private const double SmallestInDouble = 1e-136;

    /// <summary>The square of a larger gradient overflows in single precision: 2^62.</summary>
    private const double LargestInSingle = 4611686018427387904;

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly int[] _indices;
    private readonly AdamWOptions _options;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly long[] _updates;
    private readonly AdamWUpdate[] _work;

    internal AdamWMoments(IReadOnlyList<Parameter> parameters, int[] indices, AdamWOptions options)
    {
        (_parameters, _indices, _options) = (parameters, indices, options);
        var type = OptionChecks.Narrowest([.. indices.Select(index => parameters[index])]);
        _ = OptionChecks.Epsilon(options.Epsilon, "AdamWOptions.Epsilon", type, type == DataType.Float32 ? OptionChecks.SmallestSingle : SmallestInDouble);
        _ = OptionChecks.Fits(options.WeightDecay, "AdamWOptions.WeightDecay", type);
        _first = [.. indices.Select(index => Slots.ZerosLike(parameters[index]))];
        _second = [.. indices.Select(
            index => Slots.ZerosLike(parameters[index], options.Epsilon < SmallestInSingle ? DataType.Float64 : parameters[index].Tensor.DataType))];
        _updates = new long[indices.Length];
        _work = new AdamWUpdate[indices.Length];
    }

    internal void Update(OptimizerStep step, double learningRateRatio)
    {
        if (step.GradientNorm > LargestInSingle)
            Widen(step);
        int count = 0;
        long correctedFor = -1;
        double correction1 = 1;
        double correction2 = 1;
        for (int i = 0; i < _indices.Length; i++)
        {
            int index = _indices[i];
            if (step.Gradients[index] is not { } gradient)
                continue;
            // A parameter that had no gradient in some steps is behind; all others share their corrections.
            if (++_updates[i] != correctedFor)
            {
                correctedFor = _updates[i];
                correction1 = 1 - Math.Pow(_options.Beta1, correctedFor);
                correction2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, correctedFor));
            }

            double rate = step.LearningRateOf(index) * learningRateRatio;
            ref var update = ref _work[count++];
            update.Value = step.Parameters[index].Tensor;
            update.Gradient = gradient;
            update.FirstMoment = _first[i];
            update.SecondMoment = _second[i];
            update.Shrinkage = 1 - (rate * step.WeightDecayOf(index, _options.WeightDecay));
            update.GradientScale = step.GradientScale;
            update.Beta1 = _options.Beta1;
            update.Beta2 = _options.Beta2;
            update.StepSize = rate / correction1;
            update.RootScale = 1 / correction2;
            update.Epsilon = _options.Epsilon;
        }

        if (count > 0)
            _work[0].Value.Backend.AdamW(_work, count);
    }

    internal void AddTo(OptimizerState state)
    {
        for (int i = 0; i < _indices.Length; i++)
        {
            string name = _parameters[_indices[i]].Name;
            state.Tensors.Add($"{name}.first_moment", _first[i]);
            state.Tensors.Add($"{name}.second_moment", _second[i]);
            state.Add($"{name}.updates", _updates[i]);
        }
    }

    /// <summary>Makes room for second moments that a state holds in double precision.</summary>
    internal void WidenFor(OptimizerState state)
    {
        for (int i = 0; i < _indices.Length; i++)
        {
            if (state.Tensors.TryGet($"{_parameters[_indices[i]].Name}.second_moment", out var saved) && saved.DataType == DataType.Float64)
                Widen(i);
        }
    }

    internal void LoadFrom(OptimizerState state)
    {
        for (int i = 0; i < _indices.Length; i++)
            _updates[i] = (long)state.Numbers[$"{_parameters[_indices[i]].Name}.updates"];
    }

    internal void ResetUnits(UnitReset reset)
    {
        ArgumentNullException.ThrowIfNull(reset);
        for (int i = 0; i < _indices.Length; i++)
        {
            reset.Clear(_parameters[_indices[i]], _first[i]);
            reset.Clear(_parameters[_indices[i]], _second[i]);
        }
    }

    internal void Transport(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        for (int i = 0; i < _indices.Length; i++)
        {
            transport.ScaleLikeGradient(_parameters[_indices[i]], _first[i]);
            transport.ScaleLikeSquaredGradient(_parameters[_indices[i]], _second[i]);
        }
    }

    /// <summary>Goes over to double precision where the square of a gradient is about to overflow, for good.</summary>
    private void Widen(OptimizerStep step)
    {
        for (int i = 0; i < _indices.Length; i++)
        {
            if (step.Gradients[_indices[i]] is { } gradient && gradient.Backend.LargestMagnitude(gradient) * step.GradientScale > LargestInSingle)
                Widen(i);
        }
    }

    private void Widen(int index)
    {
        if (_second[index].DataType == DataType.Float64)
            return;
        using var outside = TensorScope.Suspend();
        var narrow = _second[index];
        _second[index] = narrow.To(DataType.Float64);
        narrow.Dispose();
    }
}
