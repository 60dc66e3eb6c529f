using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Preconditioning;

/// <summary>
/// Watches the table of an embedding. Its inputs are one-hot, so S is diagonal: the frequency p_v of each token. Row v of the gradient is divided by
/// p_v + tau, with tau = gamma tr(S) / count + floor and tr(S) = 1.
/// </summary>
/// <remarks>Nothing has to be factored, so p is that of the step at hand whatever the refresh interval; a moving average applies.</remarks>
internal sealed class EmbeddingPreconditioner : WeightPreconditioner
{
    private readonly double[] _uses;
    private readonly Tensor? _average;
    private double _averageWeight;

    internal EmbeddingPreconditioner(string name, Tensor table, DoPrOptions options)
        : base(name, table, options)
    {
        _uses = new double[table.Shape[0]];
        if (options.MovingAverage == 0)
            return;
        using var outside = TensorScope.Suspend();
        _average = Tensor.Zeros([_uses.Length], DataType.Float64);
    }

    /// <inheritdoc/>
    public override bool Observe(WeightUse use)
    {
        if (use is not RowsUse { Indices: var indices })
        {
            MarkTied();
            return false;
        }

        RequireIncomplete();
        foreach (int token in indices.OnHost().ReadOnlyValues<int>())
            _uses[token]++;
        Rows += indices.Count;
        return false;
    }

    /// <inheritdoc/>
    public override void CompleteGradient(Tensor weight)
    {
        if (IsComplete || (Rows == 0 && !IsTied))
            return;
        IsComplete = true;
        Status.Rows = Rows;
        Status.Form = PreconditioningForm.Primal;
        if (IsTied)
        {
            LeaveTiedAsIs();
            return;
        }

        double tau = ActivationPreconditioning.Damping(trace: 1, _uses.Length, Options);
        Status.Damping = tau;
        using var scope = TensorScope.Begin();
        var divisors = Tensor.Uninitialized([_uses.Length], DataType.Float64);
        var values = divisors.WritableValues<double>();
        Frequencies(values);
        double smallest = Weight.DataType == DataType.Float32 ? OptionChecks.SmallestSingle : double.Epsilon;
        foreach (ref double divisor in values)
        {
            // Without damping a token that was not seen has no divisor; its gradient is zero, unless it comes from elsewhere.
            divisor = divisor + tau < smallest ? 1 : divisor + tau;
        }

        var gradient = Weight.GradientDestination(out _);
        var rows = gradient.Alias([_uses.Length, gradient.Count / _uses.Length]);
        rows.Backend.Binary(BinaryKernel.Divide, rows, divisors.To(Weight.DataType).To(Weight.Device).Reshape([_uses.Length, 1]), rows);
    }

    /// <inheritdoc/>
    internal override void AddTo(OptimizerState state)
    {
        base.AddTo(state);
        if (_average is null)
            return;
        state.Tensors.Add($"{Name}.token_frequency_average", _average);
        state.Add($"{Name}.token_frequency_average_weight", _averageWeight);
    }

    /// <inheritdoc/>
    internal override void LoadFrom(OptimizerState state)
    {
        base.LoadFrom(state);
        if (_average is not null)
            _averageWeight = state.Numbers[$"{Name}.token_frequency_average_weight"];
    }

    /// <inheritdoc/>
    internal override LayerUses TakeUses()
    {
        var taken = new LayerUses(Rows, null, [.. _uses]);
        Rows = 0;
        Array.Clear(_uses);
        return taken;
    }

    /// <inheritdoc/>
    internal override void PutUses(LayerUses uses)
    {
        Rows = uses.Rows;
        uses.Tokens!.CopyTo(_uses, 0);
    }

    /// <inheritdoc/>
    protected override void Forget()
    {
        base.Forget();
        Array.Clear(_uses);
    }

    /// <summary>p of this step, or its moving average corrected for its start at zero.</summary>
    private void Frequencies(Span<double> result)
    {
        for (int token = 0; token < _uses.Length; token++)
            result[token] = _uses[token] / Rows;
        if (_average is null)
            return;
        double decay = Options.MovingAverage;
        _averageWeight = (decay * _averageWeight) + (1 - decay);
        var average = _average.WritableValues<double>();
        for (int token = 0; token < _uses.Length; token++)
        {
            average[token] = (decay * average[token]) + ((1 - decay) * result[token]);
            result[token] = average[token] / _averageWeight;
        }
    }
}
