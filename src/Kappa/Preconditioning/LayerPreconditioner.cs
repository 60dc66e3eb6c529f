using Kappa.Optimizers;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Memory;

namespace Kappa.Preconditioning;

/// <summary>Watches the weight of a linear layer, or of a convolution, and hands what it saw to the dual or to the primal form.</summary>
/// <remarks>
/// Uses of one step (micro-batches, several calls of the layer) add up. As long as the dual form is cheaper their inputs and output gradients are
/// kept; beyond that they are folded into S and G, so memory never exceeds about two matrices of the weight's size.
/// </remarks>
internal sealed class LayerPreconditioner : WeightPreconditioner
{
    internal const string NotSolvable = "S + tau I is not finite, or singular to the precision of double; a larger Gamma or Floor helps the latter";
    internal const string NotHeld = "single precision does not hold the digits, or the range, of S + tau I; a larger Gamma, or inputs of another scale, need "
        + "less";

    private readonly bool _byChannels;
    private readonly KeptUses _uses;
    private readonly LayerGradient _gradient;
    private readonly SecondMoment _moment;
    private readonly DualForm _dual;
    private readonly PrimalForm _primal;
    private readonly LayerGroup _group;

    internal LayerPreconditioner(string name, Tensor weight, Tensor? bias, DoPrOptions options, LayerGroup group)
        : base(name, weight, options)
    {
        _gradient = new LayerGradient(weight, options.IncludeBias && bias is { RequiresGradient: true } ? bias : null);
        _byChannels = weight.Rank == 4 && options.Convolutions == ConvolutionStatistics.Channels;
        int inputs = _byChannels ? weight.Shape[1] : _gradient.Inputs;
        IsWide = weight.DataType == DataType.Float32 && ActivationPreconditioning.NeedsDoublePrecision(inputs, options);
        _moment = new SecondMoment(inputs, Bias is not null, IsWide ? DataType.Float64 : weight.DataType, options, group, weight.Device);
        _uses = new KeptUses(name);
        _dual = new DualForm(this, _gradient, _uses, group);
        _primal = new PrimalForm(this, _gradient, _moment, _byChannels);
        _group = group;
    }

    internal DoPrOptions Settings => Options;

    /// <summary>The side of S.</summary>
    internal int MomentSize => _moment.Size;

    /// <summary>Whether S and G are formed in double precision from inputs and output gradients, which are kept for it: what single precision rounds away,
    /// damping this small blows up.</summary>
    internal bool IsWide { get; }

    private Tensor? Bias => _gradient.Bias;

    /// <summary>Whether S is another one than that of the rows at hand.</summary>
    private bool HasOwnMoment => _byChannels || Options is not { RefreshInterval: 1, MovingAverage: 0 };

    internal override void Attach()
    {
        base.Attach();
        Bias?.AddObserver(this);
    }

    internal override void Detach()
    {
        base.Detach();
        Bias?.RemoveObserver(this);
    }

    internal override void AddTo(OptimizerState state)
    {
        base.AddTo(state);
        _moment.AddTo(state, Name);
    }

    internal override void LoadFrom(OptimizerState state)
    {
        base.LoadFrom(state);
        _moment.LoadFrom(state, Name);
    }

    /// <inheritdoc/>
    internal override void RequireSummable()
    {
        if (IsWide)
        {
            throw new ArgumentException(
                $"DoPr: with a gamma of {Options.Gamma} {Name} is solved in double precision from the rows of the whole batch, which a batch in pieces does "
                + "not have in one place. Take a larger gamma, or the batch as a whole: one piece, in one process");
        }
        if (Options.Form == PreconditioningForm.Dual)
        {
            throw new ArgumentException(
                "DoPr: the dual form takes the rows of the whole batch, which a batch in pieces does not have in one place. Leave the form out: the primal one "
                + "is taken, which gives the same");
        }
    }

    /// <inheritdoc/>
    internal override bool IsDueAtEachStep => Options.RefreshInterval == 1;

    /// <inheritdoc/>
    internal override double Standing
    {
        get => _moment.Standing;
        set => _moment.Standing = value;
    }

    /// <inheritdoc/>
    internal override double StepFlops => (Math.Pow(_moment.Size, 3) / 3) + (2.0 * _moment.Size * Weight.Count);

    /// <inheritdoc/>
    internal override LayerUses TakeUses()
    {
        var taken = new LayerUses(Rows, _moment.TakeSum(), null);
        Rows = 0;
        if (!IsTied)
            return taken;
        taken.Sum?.Release();
        return taken with { Sum = null };
    }

    /// <inheritdoc/>
    internal override void PutUses(LayerUses uses)
    {
        Rows = uses.Rows;
        _moment.PutSum(uses.Sum);
    }

    /// <inheritdoc/>
    internal override void Transport(StateTransport transport)
    {
        Forget();
        _moment.Restart();
        transport.MarkPreconditioned(Weight);
    }

    /// <inheritdoc/>
    public override bool Observe(WeightUse use)
    {
        switch (use)
        {
            case LinearUse { Input: var input, OutputGradient: var gradient }:
                return Observe(
                    input.Shape[0], () => (input.Alias(input.Shape), gradient.Alias(gradient.Shape)), () => [input.Alias(input.Shape)], mayBeShared: true);
            case ConvolutionUse convolution when _byChannels:
                int pixels = convolution.Geometry.Batch * convolution.Geometry.InputPixels;
                return Observe(pixels, IsWide ? () => Matrices(convolution) : null, () => [convolution.Pixels()], mayBeShared: false);
            case ConvolutionUse convolution:
                return Observe(
                    convolution.Rows, () => Matrices(convolution), () => convolution.PatchBlocks(HostStorage.MaximumBytes), mayBeShared: false);
            default:
                RequireIncomplete();
                MarkTied();
                FoldUses();
                return false;
        }

        static (Tensor Input, Tensor OutputGradient) Matrices(ConvolutionUse use) => (use.Patches(), use.OutputGradients());
    }

    /// <inheritdoc/>
    public override void CompleteGradient(Tensor weight)
    {
        _group.Sums.Clear();
        if (IsComplete || (Rows == 0 && !IsTied))
            return;
        _uses.RequireUnchanged();
        IsComplete = true;
        Status.Rows = Rows;
        if (IsTied)
            LeaveTiedAsIs();
        else if (IsWide)
            CompleteInDoublePrecision();
        else if (_uses.Count > 0)
            CompleteDual();
        else
            _primal.Complete();
        ReleaseUses();
    }

    /// <inheritdoc/>
    protected override void Forget()
    {
        base.Forget();
        _group.Sums.Clear();
        ReleaseUses();
        _moment.Clear();
    }

    private bool Observe(int rows, Func<(Tensor Input, Tensor OutputGradient)>? both, Func<IEnumerable<Tensor>> inputs, bool mayBeShared)
    {
        RequireIncomplete();
        if (rows == 0)
            return false;
        Rows += rows;
        if (IsTied)
            return false;
        _dual.Release();
        Bias?.MarkGradientIncomplete();
        if (both is not null && (IsWide || TakesDualForm(Rows)))
        {
            using var outside = TensorScope.Suspend();
            _uses.Add(both());
            foreach (var input in IsWide && HasOwnMoment ? inputs() : [])
            {
                using var exact = input.To(DataType.Float64);
                input.Dispose();
                _moment.Add(exact, mayBeShared: false);
            }

            return true;
        }

        FoldUses();
        foreach (var input in inputs())
        {
            using (input)
                _moment.Add(input, mayBeShared);
        }

        return false;
    }

    // What pieces of a batch show adds up in the primal form alone.
    private bool TakesDualForm(long rows) => BatchPiece.Current is null && Options.Form switch
    {
        PreconditioningForm.Dual => true,
        PreconditioningForm.Primal => false,
        _ => Options is { RefreshInterval: 1, MovingAverage: 0 } && ActivationPreconditioning.DualIsCheaper(rows, _gradient.Inputs, _gradient.Outputs),
    };

    private void CompleteDual()
    {
        using var destination = _gradient.Matrix(out bool hasOtherShare);
        if (hasOtherShare)
        {
            // Something else than the layer itself contributed to G: the primal form preconditions the whole.
            FoldUses();
            _primal.Complete();
            return;
        }

        _dual.Complete(destination);
    }

    /// <summary>M by S and G in double precision: the whole gradient, so that a share of it that came from elsewhere is in it too.</summary>
    private void CompleteInDoublePrecision()
    {
        using var scope = TensorScope.Begin();
        using var destination = _gradient.Matrix(out bool hasOtherShare);
        _uses.Join();
        var (input, outputGradient) = _uses.First;
        var other = hasOtherShare ? _gradient.OtherShare(destination, outputGradient) : null;
        Status.Form = HasOwnMoment || !TakesDualForm(Rows) ? PreconditioningForm.Primal : PreconditioningForm.Dual;
        double damping;
        Tensor? exact;
        if (!HasOwnMoment)
        {
            exact = ActivationPreconditioning.InDoublePrecision(_gradient.Homogeneous(input), outputGradient, other, Options, out damping);
        }
        else
        {
            exact = outputGradient.To(DataType.Float64).MatMul(_gradient.Homogeneous(input).To(DataType.Float64), transposeA: true);
            exact = other is null ? exact : exact + other;
            exact = _moment.Factorize(out damping) is { } factor ? _primal.Solve(factor, exact) : null;
        }

        if (exact is null)
        {
            LeaveAsIs(NotSolvable);
            destination.Backend.MatMul(true, false, outputGradient, input, destination, accumulate: hasOtherShare);
            return;
        }

        Status.Damping = damping;
        NoteDoublePrecision($"with a gamma of {Options.Gamma} single precision would lose the digits of S + tau I");
        _gradient.Write(exact, destination);
    }

    /// <summary>Moves what was kept for the dual form into S and G.</summary>
    private void FoldUses()
    {
        _uses.RequireUnchanged();
        foreach (var (input, outputGradient) in _uses.All)
        {
            _moment.Add(input, mayBeShared: false);
            using var gradient = _gradient.Matrix(out bool accumulate);
            gradient.Backend.MatMul(true, false, outputGradient, input, gradient, accumulate);
        }

        ReleaseUses();
    }

    private void ReleaseUses()
    {
        _uses.Release();
        _dual.Release();
    }
}
