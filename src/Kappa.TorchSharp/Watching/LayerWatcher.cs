using System.Runtime.ExceptionServices;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.TorchSharp.Sharing;
using TorchSharp;
using Modules = TorchSharp.Modules;

namespace Kappa.TorchSharp.Watching;

/// <summary>Shows every use of one layer of TorchSharp, when its gradient is computed, to whoever observes its weight.</summary>
internal sealed class LayerWatcher : IDisposable
{
    [ThreadStatic]
    private static int _pauses;

    // libtorch has taken it over when the thread comes here again. Kept until the step it would hold the memory that the pass needs next.
    [ThreadStatic]
    private static torch.Tensor? _lastHandle;

    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _layer;
    private readonly IReadOnlyList<SharedParameter> _weights;
    private readonly Action _unhook;

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The layer's path.</param>
    /// <param name="layer">A Linear, Conv2d or Embedding.</param>
    /// <param name="weights">Its weight, or one for each group of a convolution.</param>
    internal LayerWatcher(string path, torch.nn.Module<torch.Tensor, torch.Tensor> layer, IReadOnlyList<SharedParameter> weights)
    {
        (Path, _layer, _weights) = (path, layer, weights);
        _unhook = layer.register_forward_hook((_, input, output) =>
            _pauses == 0 && output.requires_grad && torch.is_grad_enabled() && _weights.Any(weight => weight.Ours.Observer is not null)
                ? BackwardTap.On(output, input.detach(), this) : output).remove;
    }

    internal string Path { get; }

    /// <summary>Whether a use was seen since the last step.</summary>
    internal bool WasSeen { get; private set; }

    internal Exception? Fault { get; set; }

    /// <summary>Forward passes of this thread are not watched until the result is disposed.</summary>
    internal static IDisposable Pause()
    {
        _pauses++;
        return new Resumption();
    }

    /// <summary>Shows a use.</summary>
    /// <param name="input">The layer's input.</param>
    /// <param name="outputGradient">The gradient at its output; its handle is given back later.</param>
    internal void Saw(torch.Tensor input, torch.Tensor outputGradient)
    {
        // A pass that records itself, as for a Hessian product, adds to no gradient.
        if (torch.is_grad_enabled())
            return;
        _lastHandle?.Dispose();
        _lastHandle = outputGradient.DetachFromDisposeScope();
        WasSeen = true;
        using var native = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        using var scope = TensorScope.Begin();
        Recording.Pause();
        try
        {
            switch (_layer)
            {
                case Modules.Embedding:
                    _weights[0].Show(new RowsUse(_weights[0].Ours, SharedMemory.OfContiguous(input.to(torch.int32))));
                    break;
                case Modules.Conv2d convolution:
                    ShowConvolution(convolution, input, outputGradient);
                    break;
                default:
                    _weights[0].Show(new LinearUse(_weights[0].Ours, Rows(input), Rows(outputGradient)));
                    break;
            }
        }
        finally
        {
            Recording.Resume();
        }
    }

    /// <summary>Throws what a backward pass could not.</summary>
    internal void RequireNoFault()
    {
        if (Fault is { } fault)
        {
            Fault = null;
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <summary>Forgets what was seen.</summary>
    internal void Forget()
    {
        WasSeen = false;
        Fault = null;
        _lastHandle?.Dispose();
        _lastHandle = null;
    }

    public void Dispose()
    {
        _unhook();
        Forget();
    }

    private static Tensor Rows(torch.Tensor tensor) => SharedMemory.OfContiguous(tensor.reshape(-1, tensor.shape[^1]));

    private void ShowConvolution(Modules.Conv2d convolution, torch.Tensor input, torch.Tensor outputGradient)
    {
        if (input.dim() == 3)
            (input, outputGradient) = (input.unsqueeze(0), outputGradient.unsqueeze(0));
        int padding = PatchesOfTorch.Pad(convolution, ref input);
        int groups = _weights.Count;
        for (int group = 0; group < groups; group++)
        {
            var (own, gradient) = (Group(input, group, groups), Group(outputGradient, group, groups));
            _weights[group].Show(PatchesOfTorch.Use(convolution, _weights[group].Ours, own, gradient, padding));
        }
    }

    private static torch.Tensor Group(torch.Tensor images, int group, int groups)
    {
        long channels = images.shape[1] / groups;
        return groups == 1 ? images : images.narrow(1, group * channels, channels);
    }

    private sealed class Resumption : IDisposable
    {
        public void Dispose() => _pauses--;
    }
}
