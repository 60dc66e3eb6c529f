using TorchSharp;
using TorchSharp.Modules;
using Model = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Kappa.Benchmarks;

/// <summary>Activation preconditioning and isometry as a user of TorchSharp would write them from the papers.</summary>
internal static class TorchSharpByHand
{
    /// <summary>Hooks that keep each Linear layer's input, and a solve with its second moment before the step.</summary>
    internal static Action Preconditioning(Model model)
    {
        var layers = model.modules().OfType<Linear>().ToArray();
        var seen = new Dictionary<Linear, torch.Tensor>();
        foreach (var layer in layers)
        {
            _ = layer.register_forward_hook((_, input, output) =>
            {
                seen[layer] = input.detach();
                return output;
            });
        }

        return () =>
        {
            using var quiet = torch.no_grad();
            foreach (var layer in layers)
            {
                var z = seen[layer].view(-1, layer.in_features);
                var moment = z.t().mm(z) / z.shape[0];
                moment.diagonal().add_((0.1 * moment.trace() / layer.in_features) + 1e-8);
                var factor = torch.linalg.cholesky(moment);
                _ = layer.weight.grad!.copy_(torch.cholesky_solve(layer.weight.grad!.t(), factor).t());
            }
        };
    }

    /// <summary>The gradient step of the Gram penalty beside AdamW's.</summary>
    internal static Action Isometry(Model model)
    {
        var weights = model.modules().OfType<Linear>().SkipLast(1).Select(layer => layer.weight).ToArray();
        return () =>
        {
            using var quiet = torch.no_grad();
            foreach (var weight in weights)
            {
                bool isTall = weight.shape[0] >= weight.shape[1];
                var gram = isTall ? weight.t().mm(weight) : weight.mm(weight.t());
                gram.diagonal().sub_(1);
                _ = weight.sub_((isTall ? weight.mm(gram) : gram.mm(weight)).mul_(4e-3 * 1e-3));
            }
        };
    }
}
