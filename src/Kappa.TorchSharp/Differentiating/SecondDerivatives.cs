using System.Runtime.InteropServices;
using TorchSharp;

namespace Kappa.TorchSharp.Differentiating;

/// <summary>Whether what a gradient was computed by can be differentiated again.</summary>
internal static class SecondDerivatives
{
    /// <summary>Tries a pass through a recorded gradient.</summary>
    /// <param name="gradient">What to differentiate; entries may be missing.</param>
    /// <param name="parameters">Leaves. Their own gradients are left as they are.</param>
    /// <exception cref="NotSupportedException">An operation has no second derivative.</exception>
    /// <remarks>By <c>backward</c>, where the library between passes an error of libtorch's on: in <c>grad</c> it ends the process.</remarks>
    internal static void Require(IReadOnlyList<torch.Tensor?> gradient, IReadOnlyList<torch.Tensor> parameters)
    {
        torch.Tensor[] live = [.. gradient.Where(part => part is { IsInvalid: false, requires_grad: true }).Select(part => part!)];
        if (live.Length == 0)
            return;
        torch.Tensor?[] own = [.. parameters.Select(parameter => parameter.grad)];
        try
        {
            foreach (var parameter in parameters)
                parameter.grad = null;
            torch.autograd.backward(
                live, [.. live.Select(part => torch.ones_like(part))], retain_graph: true, create_graph: false, inputs: [.. parameters]);
        }
        catch (ExternalException error) when (error.Message.Contains("is not implemented", StringComparison.Ordinal))
        {
            throw new NotSupportedException(
                "an operation of the model has no second derivative in libtorch, as its fused attention on a processor: write it out, as by "
                + $"softmax(q k^T / sqrt(d)) v. libtorch says: {error.Message.Split('\n')[0]}", error);
        }
        finally
        {
            for (int i = 0; i < own.Length; i++)
                parameters[i].grad = own[i];
        }
    }
}
