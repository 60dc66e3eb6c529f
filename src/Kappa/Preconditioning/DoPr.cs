using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Pieces;

namespace Kappa.Preconditioning;

/// <summary>Double preconditioning: the gradient of each linear layer, convolution and embedding is preconditioned by the layer's activations, then handed to
/// any optimizer.</summary>
/// <remarks>
/// <code>
/// S   = (1/n) sum_i z_i z_i^T             second moment of the layer's inputs, uncentred, [in, in]
/// tau = gamma tr(S) / in + floor
/// M   = G (S + tau I)^-1                  what the inner optimizer sees in the place of G, [out, in]
/// </code>
/// <para>An embedding's inputs are one-hot: S is diagonal and holds the frequency p_v of each token, so row v of G is divided by p_v + tau.</para>
/// <para>The inner optimizer, its learning rate, weight decay and schedule need no change. Biases and everything that is not the weight of such a layer
/// keep their plain gradient (biases: see <see cref="DoPrOptions.IncludeBias"/>). A convolution is a linear layer on its patches: see
/// <see cref="DoPrOptions.Convolutions"/>. Gradient clipping and the reported gradient norm see M.</para>
/// <para>M is exact. It is formed when a gradient is first read, in whichever of two forms costs fewer flops
/// (<see cref="PreconditioningForm"/>); micro-batches and several uses of a layer add up to the S and G of one large batch. Layers that see the same
/// input, such as query, key and value, share S and its factor. A layer that saw no input, one whose S cannot be factored even in double precision, and a
/// tensor with two names or two roles (an embedding tied to the output layer) keep their gradient as it is: see <see cref="Layers"/> and
/// <see cref="DoPrOptions.OnWarning"/>.</para>
/// <para>Where single precision does not hold the digits, or the range, of S + tau I, as with hardly any damping, a layer is solved in double precision; that
/// is counted and said as well.</para>
/// <para>Source: Zhang, Shah, Zhang, Zhang, Matni and Simchowitz (2026), Double Preconditioning, arXiv 2606.06418. The damping is relative to the mean
/// eigenvalue of S by default (<see cref="DampingRule"/>).</para>
/// </remarks>
public sealed class DoPr : OptimizerWrapper, IDisposable
{
    private readonly WeightPreconditioner[] _layers;

    /// <summary>Puts activation preconditioning in front of an optimizer.</summary>
    /// <param name="inner">The optimizer that makes the step.</param>
    /// <param name="model">The model whose layers are watched.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">The model has no trainable linear layer, convolution or embedding, one is preconditioned by another DoPr already,
    /// or the model holds no parameter of the optimizer.</exception>
    public DoPr(Optimizer inner, Module model, DoPrOptions? options = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(model);
        Options = options ?? new DoPrOptions();
        Options.Validate();
        _layers = [.. WatchedLayers.Select(model, Options)];
        TrainedModel.Require(nameof(DoPr), inner, model, _layers.Select(layer => layer.Parameter), Options.OnWarning);
        foreach (var layer in _layers)
            layer.Attach();
    }

    /// <summary>The settings.</summary>
    public DoPrOptions Options { get; }

    /// <inheritdoc/>
    internal override IEnumerable<IPieceObserver> PieceObservers => base.PieceObservers.Append(new LayersByPiece(_layers));

    /// <inheritdoc/>
    internal override double StepFlops(int parameter)
    {
        string name = Parameters[parameter].Name;
        return base.StepFlops(parameter) + (_layers.FirstOrDefault(layer => layer.Parameter.Name == name)?.StepFlops ?? 0);
    }

    /// <summary>The watched layers and what was last done with each.</summary>
    public IReadOnlyList<LayerStatus> Layers => [.. _layers.Select(layer => layer.Status)];

    /// <summary>Stops watching: from here on the inner optimizer sees plain gradients.</summary>
    public void Dispose()
    {
        StepAside(Inner);
        foreach (var layer in _layers)
            layer.Detach();
    }

    /// <inheritdoc/>
    protected internal override void StepCore(OptimizerStep step)
    {
        foreach (var layer in _layers)
            layer.CheckWasSeen();
        base.StepCore(step);
    }

    /// <inheritdoc/>
    protected internal override void StateCore(OptimizerState state)
    {
        base.StateCore(state);
        foreach (var layer in _layers)
            layer.AddTo(state);
    }

    /// <inheritdoc/>
    protected internal override void LoadCore(OptimizerState state)
    {
        base.LoadCore(state);
        foreach (var layer in _layers)
            layer.LoadFrom(state);
    }

    /// <inheritdoc/>
    /// <remarks>Averages and factors of S start anew, since the layers' inputs have other scales now. What the inner optimizer remembers of preconditioned
    /// gradients moves as those do without damping.</remarks>
    protected internal override void TransportCore(StateTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        foreach (var layer in transport.IsTrial ? [] : _layers)
            layer.Transport(transport);
        base.TransportCore(transport);
    }
}
