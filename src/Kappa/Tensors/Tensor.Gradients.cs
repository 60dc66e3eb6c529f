using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors;

/// <content>Gradients.</content>
public sealed partial class Tensor
{
    private bool _isTrainable;
    private Tensor? _gradient;
    private bool _hasGradient;
    private bool _gradientIsIncomplete;

    /// <summary>Whether gradients flow to this tensor: it was set, or the tensor was computed from one for which it was.</summary>
    /// <exception cref="InvalidOperationException">Set on the result of an operation: only a leaf can be a parameter.</exception>
    /// <exception cref="TensorShapeException">Set on a tensor of integers.</exception>
    public bool RequiresGradient
    {
        get => _isTrainable || Producer is not null;
        set
        {
            if (Producer is not null)
            {
                throw new InvalidOperationException(
                    $"RequiresGradient can be set on a leaf only; this tensor is the result of {Producer.Name}. Use Detach() first");
            }

            if (value)
                _ = RequireFloating(DataType, "RequiresGradient");
            _isTrainable = value;
            if (value)
                _ = Keep();
        }
    }

    /// <summary>The gradient that <see cref="Backward()"/> has summed up since it was last cleared, of this tensor's shape; null when there is none.</summary>
    public Tensor? Gradient
    {
        get
        {
            CompleteGradient();
            return _hasGradient ? _gradient : null;
        }
    }

    /// <summary>Whether a backward pass has reached this leaf since its gradient was last cleared. Completes nothing.</summary>
    internal bool HasGradient => _hasGradient || _gradientIsIncomplete;

    internal GraphNode? Producer { get; private set; }

    /// <summary>Who listens to the uses of this weight; null when nobody does.</summary>
    internal IWeightObserver? Observer { get; private set; }

    /// <summary>Computes the gradient of this scalar with respect to every tensor that requires one, and adds it to theirs.</summary>
    /// <exception cref="TensorShapeException">This tensor has more than one element, or none.</exception>
    /// <exception cref="InvalidOperationException">
    /// Nothing that this tensor was computed from requires a gradient, or a value that an operation needs for its gradient has changed since.
    /// </exception>
    /// <exception cref="NonFiniteException">The value is NaN or infinite; the message names the operation in which that arose.</exception>
    public void Backward() => Backward((Action<Tensor>?)null);

    /// <summary>As <see cref="Backward()"/>.</summary>
    /// <param name="whenComplete">Called with each leaf after the last operation that uses it, when its gradient is complete but for what observers add; it may
    /// take the gradient.</param>
    internal void Backward(Action<Tensor>? whenComplete)
    {
        if (Count != 1)
        {
            throw new TensorShapeException(
                $"Backward() starts from a scalar such as a loss; this tensor is {Shape}. Reduce it with Sum() or Mean(), or pass the gradient at the output");
        }

        if (!double.IsFinite(ElementAsDouble(0)))
            throw NonFiniteDiagnosis.Explain(this);
        RequireHistory();
        using var one = Ones(Shape, DataType, Device);
        BackwardPass.Run(this, one, whenComplete);
    }

    /// <summary>Carries a gradient at this tensor back to every tensor that requires one.</summary>
    /// <param name="outputGradient">The gradient at this tensor, of its shape and element type; copied.</param>
    /// <exception cref="TensorShapeException">The gradient's shape or type is another.</exception>
    /// <exception cref="InvalidOperationException">
    /// Nothing that this tensor was computed from requires a gradient, or a value that an operation needs for its gradient has changed since.
    /// </exception>
    public void Backward(Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(outputGradient);
        if (outputGradient.Shape != Shape || outputGradient.DataType != DataType)
        {
            throw new TensorShapeException(
                $"Backward: the gradient at the output must be {Shape} {DataType}; got {outputGradient.Shape} {outputGradient.DataType}");
        }

        RequireHistory();
        // A copy, because the argument may be, or share memory with, a gradient that this pass adds to.
        using var start = outputGradient.Clone();
        BackwardPass.Run(this, start);
    }

    /// <summary>Clears the gradient. Its memory is kept for the next backward pass.</summary>
    public void ZeroGrad()
    {
        _hasGradient = false;
        _gradientIsIncomplete = false;
        Observer?.Reset(this);
    }

    /// <summary>The same values without history. Shares memory.</summary>
    public Tensor Detach() => Alias(Shape);

    /// <summary>Lets an observer see every use of this weight in backward passes, beside those that do already.</summary>
    /// <param name="observer">Who listens.</param>
    /// <returns>What ends it when disposed.</returns>
    /// <exception cref="InvalidOperationException">This is no leaf that requires a gradient; or another observer already changes the gradient, and so would
    /// this one.</exception>
    public WeightObservation Observe(IWeightObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Producer is null && RequiresGradient
            ? new WeightObservation(this, observer)
            : throw new InvalidOperationException($"Observe: {Name ?? "the tensor"} {Shape} has to be a leaf with RequiresGradient, such as a parameter");
    }

    internal void RecordedBy(GraphNode node)
    {
        Producer = node;
        node.Remember();
    }

    /// <summary>Lets somebody listen, beside those who do already.</summary>
    /// <exception cref="InvalidOperationException">Another one already changes the gradient, and so would this one.</exception>
    internal void AddObserver(IWeightObserver observer) => Observer = WeightObservers.With(Observer, observer);

    internal void RemoveObserver(IWeightObserver observer) => Observer = WeightObservers.Without(Observer, observer);

    internal void MarkGradientIncomplete() => _gradientIsIncomplete = true;

    /// <summary>The memory that takes this leaf's gradient; whether it already holds a share to add to.</summary>
    internal Tensor GradientDestination(out bool accumulate)
    {
        accumulate = _hasGradient;
        _hasGradient = true;
        if (_gradient is null or { IsReleased: true })
        {
            using var outside = TensorScope.Suspend();
            _gradient = New(Shape);
            accumulate = false;
        }

        return _gradient;
    }

    /// <summary>Takes the gradient summed up so far out, whatever observers still have to add; null where there is none. It belongs to no scope.</summary>
    internal Tensor? TakeGradient()
    {
        if (!_hasGradient)
            return null;
        var taken = _gradient;
        (_gradient, _hasGradient) = (null, false);
        return taken;
    }

    /// <summary>Puts a gradient in the place of what is there; it belongs to this tensor from here on.</summary>
    internal void PutGradient(Tensor? gradient)
    {
        _hasGradient = gradient is not null;
        if (gradient is null)
            return;
        _gradient?.Dispose();
        _gradient = gradient;
    }

    private void RequireHistory()
    {
        if (!RequiresGradient)
        {
            throw new InvalidOperationException(
                "Backward: nothing that this tensor was computed from requires a gradient. Set RequiresGradient on the parameters before the forward pass, "
                + "outside NoGradient");
        }
    }

    private void CompleteGradient()
    {
        if (!_gradientIsIncomplete)
            return;
        _gradientIsIncomplete = false;
        Recording.Pause();
        try
        {
            Observer?.CompleteGradient(this);
        }
        catch
        {
            _gradientIsIncomplete = true;
            throw;
        }
        finally
        {
            Recording.Resume();
        }
    }
}
