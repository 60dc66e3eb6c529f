using TorchSharp;

namespace Kappa.TorchSharp.Watching;

/// <summary>Hands the gradient at a layer's output, with the layer's input, to whoever watches the layer. The values pass through as they are.</summary>
internal sealed class BackwardTap : torch.autograd.SingleTensorFunction<BackwardTap>
{
    private const string Watcher = "watcher";

    public override string Name => "Kappa.BackwardTap";

    /// <summary>Puts a tap behind a layer.</summary>
    internal static torch.Tensor On(torch.Tensor output, torch.Tensor input, LayerWatcher watcher) => apply(output, new Use(input, watcher));

    public override torch.Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var output = (torch.Tensor)vars[0];
        var use = (Use)vars[1];
        // In place: nothing is copied, and a later operation in place, such as ReLU's, is no write to a view.
        ctx.mark_dirty([output]);
        ctx.save_for_backward([use.Input]);
        ctx.save_data(Watcher, use.Watcher);
        return output;
    }

    public override List<torch.Tensor> backward(torch.autograd.AutogradContext ctx, torch.Tensor grad_output)
    {
        var watcher = (LayerWatcher)ctx.get_data(Watcher);
        // No exception may cross libtorch's frames.
        try
        {
            using var input = ctx.get_saved_variables()[0];
            watcher.Saw(input, grad_output);
        }
#pragma warning disable CA1031 // It is thrown again by the step.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            watcher.Fault ??= fault;
        }

        return [grad_output, null!];
    }

    private sealed record Use(torch.Tensor Input, LayerWatcher Watcher);
}
