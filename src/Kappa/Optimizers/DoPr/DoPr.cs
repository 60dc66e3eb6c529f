using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Double preconditioning: the gradient of each linear layer is preconditioned by the layer's activations, then handed to any optimizer.</summary>
/// <remarks>
/// <code>
/// S   = (1/n) sum_i z_i z_i^T             second moment of the layer's inputs, uncentred, [in, in]
/// tau = gamma tr(S) / in + floor
/// M   = G (S + tau I)^-1                  what the inner optimizer sees in the place of G, [out, in]
/// </code>
/// <para>The inner optimizer, its learning rate, weight decay and schedule need no change. Biases and everything that is not a linear layer's weight
/// keep their plain gradient (biases: see <see cref="DoPrOptions.IncludeBias"/>). A convolution is a linear layer on its patches: see <see cref="DoPrOptions.Convolutions"/>. Gradient clipping and the reported gradient norm see M.</para>
/// <para>M is exact. It is formed when a gradient is first read, in whichever of two forms costs fewer flops
/// (<see cref="PreconditioningForm"/>); micro-batches and several uses of a layer add up to the S and G of one large batch. A layer that saw no
/// input, or whose S cannot be factored even in double precision, keeps its gradient as it is: see <see cref="Layers"/>.</para>
/// <para>Source: Zhang, Shah, Zhang, Zhang, Matni and Simchowitz (2026), Double Preconditioning, arXiv 2606.06418. The damping is relative to the mean
/// eigenvalue of S by default (<see cref="DampingRule"/>).</para>
/// </remarks>
public sealed class DoPr : OptimizerWrapper, IDisposable
{
    private readonly LayerPreconditioner[] _layers;

    /// <summary>Puts activation preconditioning in front of an optimizer.</summary>
    /// <param name="inner">The optimizer that makes the step.</param>
    /// <param name="model">The model whose linear layers are watched.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">The model has no trainable linear layer, or one is watched by another DoPr already.</exception>
    public DoPr(Optimizer inner, Module model, DoPrOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(model);
        Options = options ?? new DoPrOptions();
        Options.Validate();
        _layers = [.. Select(model, Options)];
        foreach (var layer in _layers)
            layer.Attach();
    }

    /// <summary>The settings.</summary>
    public DoPrOptions Options { get; }

    /// <summary>The watched layers and what was last done with each.</summary>
    public IReadOnlyList<LayerStatus> Layers => [.. _layers.Select(layer => layer.Status)];

    /// <summary>Stops watching: from here on the inner optimizer sees plain gradients.</summary>
    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Detach();
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        base.StateCore(state);
        foreach (var layer in _layers)
            layer.Moment.AddTo(state, layer.Status.Name);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        base.LoadCore(state);
        foreach (var layer in _layers)
            layer.Moment.LoadFrom(state, layer.Status.Name);
    }

    private static IEnumerable<LayerPreconditioner> Select(Module model, DoPrOptions options)
    {
        _ = model.Parameters();
        var all = model.Modules()
            .Select(entry => (Name: entry.Path.Length == 0 ? "weight" : $"{entry.Path}.weight", Layer: Watched(entry.Module, options)))
            .Where(entry => entry.Layer.Weight is { RequiresGradient: true })
            .Select(entry => (entry.Name, Weight: entry.Layer.Weight!, entry.Layer.Bias))
            .DistinctBy(entry => entry.Weight)
            .ToList();
        if (all.Count == 0)
            throw new ArgumentException("DoPr preconditions the weights of linear layers and convolutions, and the model has none that is trainable. Use the inner optimizer alone", nameof(model));
        if (all.Find(entry => entry.Weight.Observer is not null) is { Weight: not null } taken)
            throw new ArgumentException($"{taken.Name} is watched by another DoPr already. Dispose that one first", nameof(model));
        var group = new LayerGroup();
        return all
            .Where((_, index) => options.Layers switch
            {
                LayerSelection.All => true,
                LayerSelection.First => index == 0,
                LayerSelection.AllButFirst => index > 0,
                _ => false,
            })
            .Where(entry => options.Filter?.Invoke(entry.Name) ?? true)
            .Select(entry => new LayerPreconditioner(entry.Name, entry.Weight, entry.Bias, options, group));
    }

    private static (Tensor? Weight, Tensor? Bias) Watched(Module module, DoPrOptions options) => module switch
    {
        Linear linear => (linear.Weight, linear.Bias),
        Conv2d { Groups: 1 } convolution when options.Convolutions != ConvolutionStatistics.None => (convolution.Weight, null),
        _ => (null, null),
    };
}
