using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>Watches one weight: gathers what S needs while gradients flow, and turns G into M when the gradient is first read.</summary>
internal abstract class WeightPreconditioner : IWeightObserver
{
    private readonly HashSet<string> _said = [];

    private protected WeightPreconditioner(string name, Tensor weight, DoPrOptions options)
    {
        Name = name;
        Weight = weight;
        Options = options;
        Status = new LayerStatus(name);
    }

    internal LayerStatus Status { get; }

    internal Parameter Parameter => new(Name, Weight);

    protected string Name { get; }

    protected Tensor Weight { get; }

    protected DoPrOptions Options { get; }

    /// <summary>The rows seen since the gradient was last cleared.</summary>
    internal long Rows { get; private protected set; }

    /// <summary>Whether the gradient was completed since it was last cleared.</summary>
    protected bool IsComplete { get; set; }

    /// <summary>Whether the weight was seen in both roles, as an embedding's table and as a linear layer's weight: from then on it is left alone.</summary>
    internal bool IsTied { get; private set; }

    /// <inheritdoc/>
    public bool ChangesGradient => true;

    /// <inheritdoc/>
    public abstract bool Observe(WeightUse use);

    /// <inheritdoc/>
    public abstract void CompleteGradient(Tensor weight);

    /// <inheritdoc/>
    public void Reset(Tensor weight) => Forget();

    internal virtual void Attach() => Weight.AddObserver(this);

    internal virtual void Detach()
    {
        Forget();
        Weight.RemoveObserver(this);
    }

    /// <summary>Adds everything that a resumed run needs, under the weight's name.</summary>
    internal virtual void AddTo(OptimizerState state)
    {
        if (IsTied)
            state.Add($"{Name}{OptimizerRun.TiedSlot}", 1);
    }

    /// <summary>Takes back the numbers that <see cref="AddTo"/> wrote; the tensors have been copied already.</summary>
    internal virtual void LoadFrom(OptimizerState state) => IsTied = state.Numbers.ContainsKey($"{Name}{OptimizerRun.TiedSlot}");

    /// <summary>The layer's inputs have other scales from here on.</summary>
    internal virtual void Transport(StateTransport transport)
    {
        // The frequencies of an embedding's tokens have no scale.
    }

    /// <summary>Looks whether sums over the pieces of a batch are enough for it.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal virtual void RequireSummable()
    {
        // Counts of tokens are sums.
    }

    /// <summary>Whether a sum is due at each step, whatever its moments are.</summary>
    internal virtual bool IsDueAtEachStep => true;

    /// <summary>When a sum is due, as the process that owns it tells others: 0 for at once, or one more than the steps since its factor was made.</summary>
    internal virtual double Standing
    {
        get => 0;
        set
        {
            // Due at each step.
        }
    }

    /// <summary>The flops of factorisation and solves.</summary>
    internal virtual double StepFlops => 0;

    /// <summary>Takes out what the piece of a batch at hand has shown.</summary>
    internal abstract LayerUses TakeUses();

    /// <summary>Puts back, in the place of nothing.</summary>
    internal abstract void PutUses(LayerUses uses);

    /// <summary>Looks, at a step, whether there is a gradient without any input.</summary>
    internal void CheckWasSeen()
    {
        if (Rows > 0 || IsTied)
            return;
        Status.Rows = 0;
        if (Weight.Gradient is not null)
            LeaveAsIs("the layer saw no input in this step");
    }

    /// <summary>Drops the uses observed so far.</summary>
    protected virtual void Forget()
    {
        Rows = 0;
        IsComplete = false;
    }

    protected void RequireIncomplete()
    {
        if (IsComplete)
        {
            throw new InvalidOperationException(
                $"the gradient of {Name} was read, and so preconditioned, between two backward passes that add up. Read gradients after the last pass, or call "
                + "ZeroGrad() between");
        }
    }

    protected void MarkTied() => IsTied = true;

    /// <summary>Counts, and says once for each reason.</summary>
    internal void LeaveAsIs(string reason)
    {
        Status.TimesLeftAsIs++;
        if (_said.Add(reason))
            Options.OnWarning?.Invoke($"DoPr left the gradient of {Name} as it was: {reason}");
    }

    /// <summary>Counts, and says once for each reason.</summary>
    internal void NoteDoublePrecision(string reason)
    {
        Status.TimesInDoublePrecision++;
        if (_said.Add(reason))
            Options.OnWarning?.Invoke($"DoPr solved {Name} in double precision, which is slower: {reason}");
    }

    protected void LeaveTiedAsIs() =>
        LeaveAsIs("the tensor is used as an embedding and as a linear layer's weight, so it is not clear whose inputs count");
}
