using Kappa.Preconditioning;
using Kappa.Tensors;
using Kappa.TorchSharp.State;
using Kappa.TorchSharp.Watching;
using TorchSharp;
using TorchSharp.Modules;
using OptimizerState = Kappa.Optimizers.OptimizerState;

namespace Kappa.TorchSharp;

/// <summary>Activation preconditioning in front of any optimizer of TorchSharp: the gradient G of each Linear, Conv2d and Embedding becomes
/// G (Z^T Z / n + tau I)^-1, with Z the inputs that the layer saw.</summary>
/// <remarks>
/// <code>
/// var optimizer = new DoPr(torch.optim.AdamW(model.parameters()), model);
/// </code>
/// <para>The mathematics, its two exact forms and the options are those of <see cref="Preconditioning.DoPr"/>; on the host its kernels are Kappa's, over
/// libtorch's memory. Micro-batches and several uses of a layer add up, whatever mode the model is in: a use counts where <c>backward()</c> comes through it.
/// A convolution in groups is preconditioned group by group, with any stride, padding and dilation. A weight with two names, as an embedding tied to the output
/// layer, is left as it is (<see cref="DoPrOptions.OnWarning"/>), and so are weights that were frozen when this was made.</para>
/// <para>Layers are watched by forward hooks, which run where a layer is called, by <c>call</c>, as <c>Sequential</c> does, and not by <c>forward</c>; and by a
/// function behind their output, which changes no value. What happens to a gradient between <c>backward()</c> and <c>step()</c>, such as clipping, is taken
/// into account. Passes of <c>torch.autograd.grad</c> count as uses too, unless they record themselves.</para>
/// <para>Schedulers of <c>torch.optim.lr_scheduler</c> take it as they take the optimizer inside. Its state, with moving averages and kept factors, is in
/// <c>state_dict()</c> and <c>save_state_dict</c>, behind that of the optimizer inside. Not thread-safe. The concept: docs/concepts/dopr.md.</para>
/// </remarks>
public sealed class DoPr : OptimizerHelper
{
    private readonly torch.optim.Optimizer _optimizer;
    private readonly PreconditionedLayer[] _layers;
    private readonly CarriedState _carried;

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="optimizer">Of the parameters of the model; stepped by <see cref="step"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">Settings, Filter being asked for the name of each weight, such as <c>layers.0.weight</c>; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no linear layer, convolution or embedding that is trained.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public DoPr(torch.optim.Optimizer optimizer, torch.nn.Module model, DoPrOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(model);
        Options = options ?? new DoPrOptions();
        Options.Validate();
        _optimizer = optimizer;
        _layers = [.. LayerSearch.Of(model, Options)];
        _carried = new CarriedState(optimizer.parameters().First(), State, Load);
    }

    /// <summary>The settings.</summary>
    public DoPrOptions Options { get; }

    /// <summary>The watched layers and what was last done with each.</summary>
    public IReadOnlyList<LayerStatus> Layers => [.. _layers.SelectMany(layer => layer.Status)];

    /// <summary>The groups of the optimizer inside, for schedulers.</summary>
    public override IEnumerable<torch.optim.ILearningRateController> ParamGroups => _optimizer.ParamGroups;

    /// <summary>The parameters of the optimizer inside.</summary>
    public override IEnumerable<Parameter> parameters() => _optimizer.parameters();

    /// <summary>Adds a group to the optimizer inside. Which layers are watched does not change.</summary>
    /// <param name="param_group">The group.</param>
    public override void add_param_group(ParamGroup param_group) => _optimizer.add_param_group(param_group);

    /// <summary>Clears the gradients, and what was seen since.</summary>
    public override void zero_grad()
    {
        _optimizer.zero_grad();
        Forget();
    }

    /// <summary>Preconditions the gradients, and steps the optimizer inside.</summary>
    /// <param name="closure">As of the optimizer inside: computes the gradients anew; null where they are there.</param>
    /// <returns>What the optimizer inside returns.</returns>
    /// <exception cref="InvalidOperationException">A layer has a gradient and was not seen, being used by <c>forward</c> in place of <c>call</c>; or its input
    /// has changed since the backward pass.</exception>
    public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
    {
        torch.Tensor? result;
        if (closure is null)
        {
            Precondition();
            result = _optimizer.step();
        }
        else
        {
            result = _optimizer.step(() =>
            {
                var loss = closure();
                Precondition();
                return loss;
            });
        }

        Forget();
        return result;
    }

    /// <summary>The state of the optimizer inside, and behind it that of this.</summary>
    /// <exception cref="NotSupportedException">The optimizer inside has none, as LBFGS.</exception>
    public override StateDictionary state_dict()
    {
        if (_optimizer is not OptimizerHelper inner)
            throw new NotSupportedException($"{_optimizer.GetType().Name} of TorchSharp has no state_dict()");
        var state = inner.state_dict();
        state.State.Add(_carried);
        return state;
    }

    /// <summary>Stops watching the model. The optimizer inside goes on without, and is not disposed.</summary>
    /// <param name="disposing">Whether it was asked for.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var layer in _layers)
                layer.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Precondition()
    {
        using var scope = TensorScope.Begin();
        foreach (var layer in _layers)
            layer.TakeGradients();
        foreach (var layer in _layers)
            layer.Complete();
    }

    private void Forget()
    {
        foreach (var layer in _layers)
            layer.Forget();
    }

    private OptimizerState State()
    {
        var state = new OptimizerState(nameof(DoPr));
        foreach (var layer in _layers)
            layer.AddTo(state);
        return state;
    }

    private void Load(OptimizerState state)
    {
        State().Tensors.CopyFrom(state.Tensors);
        foreach (var layer in _layers)
            layer.LoadFrom(state);
    }
}
