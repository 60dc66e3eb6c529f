using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Preconditioning;

/// <summary>Watches the weight of a linear layer, or of a convolution, in the dual or in the primal form.</summary>
/// <remarks>
/// Uses of one step (micro-batches, several calls of the layer) add up. As long as the dual form is cheaper their inputs and output gradients are
/// kept; beyond that they are folded into S and G, so memory never exceeds about two matrices of the weight's size.
/// </remarks>
internal sealed class LayerPreconditioner : WeightPreconditioner
{
    private const int SmallRows = 256;
    private const string NotSolvable = "S + tau I is not finite, or singular to the precision of double; a larger Gamma or Floor helps the latter";
    private const string NotHeld = "single precision does not hold the digits, or the range, of S + tau I; a larger Gamma, or inputs of another scale, need less";

    private readonly Tensor? _bias;
    private readonly bool _byChannels;

    /// <summary>Whether S and G are formed in double precision from inputs and output gradients, which are kept for it: what single precision rounds away, damping this small blows up.</summary>
    private readonly bool _isWide;

    private readonly List<(Tensor Input, Tensor OutputGradient)> _uses = [];
    private readonly List<SavedValue> _inputs = [];
    private readonly SecondMoment _moment;
    private readonly LayerGroup _group;
    private Tensor? _kernel;
    private bool _hasFactor;

    internal LayerPreconditioner(string name, Tensor weight, Tensor? bias, DoPrOptions options, LayerGroup group)
        : base(name, weight, options)
    {
        _bias = options.IncludeBias && bias is { RequiresGradient: true } ? bias : null;
        _byChannels = weight.Rank == 4 && options.Convolutions == ConvolutionStatistics.Channels;
        int inputs = _byChannels ? weight.Shape[1] : Inputs;
        _isWide = weight.DataType == DataType.Float32 && ActivationPreconditioning.NeedsDoublePrecision(inputs, options);
        _moment = new SecondMoment(inputs, _bias is not null, _isWide ? DataType.Float64 : weight.DataType, options, group);
        _group = group;
        group.Add(this);
    }

    /// <summary>Columns of the weight as a matrix.</summary>
    private int Inputs => Weight.Count / Weight.Shape[0];

    /// <summary>Whether one processor alone is the better place for the factor of the dual form.</summary>
    internal bool IsSmall => Rows <= SmallRows;

    /// <summary>Whether there is a factor to compute, for a single use.</summary>
    internal bool WaitsForDual => _uses.Count == 1 && _kernel is null && !IsTied && !_isWide;

    /// <summary>Whether another layer's dual system is this one's: it saw the same input.</summary>
    internal bool HasSameDual(LayerPreconditioner other) =>
        other != this && Rows == other.Rows && (_bias is null) == (other._bias is null) && InputSums.IsSame(_uses[0].Input, other._uses[0].Input);

    /// <summary>Takes the factor of another layer's dual system.</summary>
    internal void ShareDual(LayerPreconditioner other)
    {
        using var outside = TensorScope.Suspend();
        _kernel = other._kernel!.Alias(other._kernel.Shape);
        _hasFactor = other._hasFactor;
        Status.Damping = other.Status.Damping;
    }

    internal override void Attach()
    {
        base.Attach();
        _bias?.AddObserver(this);
    }

    internal override void Detach()
    {
        base.Detach();
        _bias?.RemoveObserver(this);
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
    internal override void Transport(StateTransport transport)
    {
        Forget();
        _moment.Restart();
        transport.MarkPreconditioned(Weight);
    }

    /// <inheritdoc/>
    public override bool Observe(Tensor weight, Tensor input, Tensor outputGradient) =>
        Observe(
            input.Shape[0], () => (input.Alias(input.Shape), outputGradient.Alias(outputGradient.Shape)), () => [input.Alias(input.Shape)], mayBeShared: true);

    /// <inheritdoc/>
    public override bool ObserveConvolution(Tensor weight, ConvolutionUse use) => _byChannels
        ? Observe(use.Geometry.Batch * use.Geometry.InputPixels, _isWide ? () => (use.Patches(), use.OutputGradients()) : null, () => [use.Pixels()], mayBeShared: false)
        : Observe(use.Rows, () => (use.Patches(), use.OutputGradients()), () => use.PatchBlocks(TensorStorage.MaximumBytes), mayBeShared: false);

    /// <inheritdoc/>
    public override void ObserveRows(Tensor weight, Tensor indices)
    {
        RequireIncomplete();
        MarkTied();
        FoldUses();
    }

    /// <inheritdoc/>
    public override void CompleteGradient(Tensor weight)
    {
        _group.Sums.Clear();
        if (IsComplete || (Rows == 0 && !IsTied))
            return;
        RequireUnchangedInputs();
        IsComplete = true;
        Status.Rows = Rows;
        if (IsTied)
            LeaveTiedAsIs();
        else if (_isWide)
            CompleteInDoublePrecision();
        else if (_uses.Count > 0)
            CompleteDual();
        else
            CompletePrimal();
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
        ReleaseKernel();
        _bias?.MarkGradientIncomplete();
        if (both is not null && (_isWide || TakesDualForm(Rows)))
        {
            using var outside = TensorScope.Suspend();
            _uses.Add(both());
            _inputs.Add(new SavedValue(_uses[^1].Input));
            foreach (var input in _isWide && HasOwnMoment ? inputs() : [])
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

    /// <summary>Whether S is another one than that of the rows at hand.</summary>
    private bool HasOwnMoment => _byChannels || Options is not { RefreshInterval: 1, MovingAverage: 0 };

    private bool TakesDualForm(long rows) => Options.Form switch
    {
        PreconditioningForm.Dual => true,
        PreconditioningForm.Primal => false,
        _ => Options is { RefreshInterval: 1, MovingAverage: 0 } && ActivationPreconditioning.DualIsCheaper(rows, Inputs, Weight.Shape[0]),
    };

    private void CompleteDual()
    {
        using var destination = GradientMatrix(out bool hasOtherShare);
        if (hasOtherShare)
        {
            // Something else than the layer itself contributed to G: the primal form preconditions the whole.
            FoldUses();
            CompletePrimal();
            return;
        }

        JoinUses();
        if (_kernel is null)
            _group.FactorDual(this);
        using var scope = TensorScope.Begin();
        var (input, outputGradient) = _uses[0];
        Status.Form = PreconditioningForm.Dual;
        if (_hasFactor)
        {
            var solved = Tensor.Uninitialized(outputGradient.Shape, outputGradient.DataType);
            Backend.Current.CholeskySolveLeft(_kernel!, outputGradient, solved);
            Backend.Current.MatMul(true, false, solved, input, destination, accumulate: false);
            if (_bias is not null)
                Backend.Current.Sum(solved, 1, solved.Shape[0], solved.Shape[1], 1, _bias.GradientDestination(out _), accumulate: false);
            return;
        }

        if (input.DataType == DataType.Float32 && ActivationPreconditioning.InDoublePrecision(Homogeneous(input), outputGradient, null, Options, out double damping) is { } exact)
        {
            Status.Damping = damping;
            NoteDoublePrecision(NotHeld);
            Write(exact, destination);
            return;
        }

        LeaveAsIs(NotSolvable);
        Backend.Current.MatMul(true, false, outputGradient, input, destination, accumulate: false);
    }

    /// <summary>M by S and G in double precision: the whole gradient, so that a share of it that came from elsewhere is in it too.</summary>
    private void CompleteInDoublePrecision()
    {
        using var scope = TensorScope.Begin();
        using var destination = GradientMatrix(out bool hasOtherShare);
        JoinUses();
        var (input, outputGradient) = _uses[0];
        var other = hasOtherShare ? OtherShare(destination, outputGradient) : null;
        Status.Form = HasOwnMoment || !TakesDualForm(Rows) ? PreconditioningForm.Primal : PreconditioningForm.Dual;
        double damping;
        Tensor? exact;
        if (!HasOwnMoment)
        {
            exact = ActivationPreconditioning.InDoublePrecision(Homogeneous(input), outputGradient, other, Options, out damping);
        }
        else
        {
            exact = outputGradient.To(DataType.Float64).MatMul(Homogeneous(input).To(DataType.Float64), transposeA: true);
            exact = other is null ? exact : exact + other;
            exact = _moment.Factorize(out damping) is { } factor ? Solve(factor, exact) : null;
        }

        if (exact is null)
        {
            LeaveAsIs(NotSolvable);
            Backend.Current.MatMul(true, false, outputGradient, input, destination, accumulate: hasOtherShare);
            return;
        }

        Status.Damping = damping;
        NoteDoublePrecision($"with a gamma of {Options.Gamma} single precision would lose the digits of S + tau I");
        Write(exact, destination);
    }

    /// <summary>What did not come from this layer, in double precision. The gradient of the bias is whole already: the layer's share comes off it.</summary>
    private Tensor OtherShare(Tensor gradient, Tensor outputGradient)
    {
        var share = gradient.To(DataType.Float64);
        if (_bias is null)
            return share;
        var bias = _bias.GradientDestination(out _).To(DataType.Float64) - outputGradient.To(DataType.Float64).Sum(0);
        return Tensor.Concat(1, share, bias.Reshape([_bias.Count, 1]));
    }

    /// <summary>Makes room for the matrix of the dual form.</summary>
    internal void PrepareDual()
    {
        using var outside = TensorScope.Suspend();
        _kernel = Tensor.Uninitialized([(int)Rows, (int)Rows], Weight.DataType);
    }

    /// <summary>Replaces the matrix by the factor of Z Z^T / n + tau I. Makes no tensors, so that layers can be factored side by side.</summary>
    internal void FactorDual() => _hasFactor = FactorDual(_uses[0].Input, _kernel!);

    /// <summary>With the bias, Z has a further column of ones.</summary>
    private bool FactorDual(Tensor input, Tensor kernel)
    {
        int n = input.Shape[0];
        Backend.Current.SymmetricRankUpdate(transposed: false, input, kernel, 1.0 / n, accumulate: false);
        if (_bias is not null)
            Backend.Current.Affine(kernel, 1, 1.0 / n, kernel);
        double trace = ActivationPreconditioning.Trace(kernel);
        // Squares that overflowed or vanished; an input of zeros is none of these.
        if (!double.IsFinite(trace) || (kernel.DataType == DataType.Float32 && !ActivationPreconditioning.IsHeld(trace) && (trace != 0 || Backend.Current.LargestMagnitude(input) != 0)))
            return false;
        Status.Damping = ActivationPreconditioning.Damping(trace, _moment.Size, Options);
        return ActivationPreconditioning.Factor(kernel, Status.Damping, kernel);
    }

    /// <summary>Makes one use out of several.</summary>
    private void JoinUses()
    {
        if (_uses.Count == 1)
            return;
        using var outside = TensorScope.Suspend();
        var input = Tensor.Concat(0, [.. _uses.Select(use => use.Input)]);
        var outputGradient = Tensor.Concat(0, [.. _uses.Select(use => use.OutputGradient)]);
        ReleaseUses();
        _uses.Add((input, outputGradient));
    }

    private void CompletePrimal()
    {
        using var scope = TensorScope.Begin();
        Status.Form = PreconditioningForm.Primal;
        using var gradient = GradientMatrix(out _);
        if (_moment.Factorize(out double damping) is not { } factor)
        {
            LeaveAsIs(NotSolvable);
            return;
        }

        Status.Damping = damping;
        if (_moment.FactoredInDouble)
            NoteDoublePrecision(NotHeld);
        var whole = Whole(gradient);
        var solved = Solve(factor, whole);
        if (solved != gradient)
            Write(solved, gradient);
    }

    /// <summary>G (S + tau I)^-1, in place; for the second moment of channels, for each element of the kernel.</summary>
    private Tensor Solve(Tensor factor, Tensor gradient)
    {
        if (_byChannels)
            SolveByChannels(factor, gradient);
        else
            Backend.Current.CholeskySolveRight(factor, gradient, gradient);
        return gradient;
    }

    /// <summary>The gradient of the weight, with that of the bias as its last column where it is included.</summary>
    private Tensor Whole(Tensor gradient) => _bias is null ? gradient : Tensor.Concat(1, gradient, _bias.GradientDestination(out _).Reshape([_bias.Count, 1]));

    /// <summary>The inputs, with a last column of ones where the bias is included.</summary>
    private Tensor Homogeneous(Tensor input) => _bias is null ? input : Tensor.Concat(1, input, Tensor.Ones([input.Shape[0], 1], input.DataType));

    /// <summary>Hands M over as the gradient of the weight, and of the bias where it is included.</summary>
    private void Write(Tensor whole, Tensor gradient)
    {
        var rounded = whole.DataType == gradient.DataType ? whole : whole.To(gradient.DataType);
        gradient.CopyFromInPlace(_bias is null ? rounded : rounded.Slice(1, 0, gradient.Shape[1]));
        _bias?.GradientDestination(out _).CopyFromInPlace(rounded.Slice(1, gradient.Shape[1], 1).Reshape(_bias.Shape));
    }

    /// <summary>The memory of the weight's gradient as a matrix, <c>[out, in]</c> or <c>[out, in kernel^2]</c>.</summary>
    private Tensor GradientMatrix(out bool hasShare) => Weight.GradientDestination(out hasShare).Alias([Weight.Shape[0], Inputs]);

    /// <summary>G (S + tau I)^-1 for each element of the kernel.</summary>
    private void SolveByChannels(Tensor factor, Tensor gradient)
    {
        int outputs = Weight.Shape[0], inputs = Weight.Shape[1], kernel = Inputs / inputs;
        var rows = Tensor.Uninitialized([outputs * kernel, inputs], gradient.DataType);
        Backend.Current.Transpose(gradient, outputs, inputs, kernel, rows);
        Backend.Current.CholeskySolveRight(factor, rows, rows);
        Backend.Current.Transpose(rows, outputs, kernel, inputs, gradient);
    }

    /// <summary>Moves what was kept for the dual form into S and G.</summary>
    private void FoldUses()
    {
        RequireUnchangedInputs();
        foreach (var (input, outputGradient) in _uses)
        {
            _moment.Add(input, mayBeShared: false);
            using var gradient = GradientMatrix(out bool accumulate);
            Backend.Current.MatMul(true, false, outputGradient, input, gradient, accumulate);
        }

        ReleaseUses();
    }

    private void ReleaseUses()
    {
        foreach (var (input, outputGradient) in _uses)
        {
            input.Dispose();
            outputGradient.Dispose();
        }

        _uses.Clear();
        _inputs.Clear();
        ReleaseKernel();
    }

    /// <summary>The dual form reads the inputs when the gradient is first read, some time after the backward pass.</summary>
    private void RequireUnchangedInputs()
    {
        foreach (var input in _inputs)
        {
            if (input.IsChanged)
                throw new InvalidOperationException($"the input {input.Tensor.Shape} of {Name} has changed between the backward pass and the first reading of the gradient, "
                    + "which DoPr forms from it in its dual form. Read the gradient or take the step before the change, change a Clone(), or set the form to Primal");
        }
    }

    private void ReleaseKernel()
    {
        _kernel?.Dispose();
        _kernel = null;
    }
}
