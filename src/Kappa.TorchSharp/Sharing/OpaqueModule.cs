using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.TorchSharp.Sharing;

/// <summary>A module of TorchSharp whose forward pass is its own: its parameters and parts are known, and it is not run here.</summary>
internal sealed class OpaqueModule(string kind) : Module
{
    /// <summary>Its type's name.</summary>
    internal string Kind => kind;

    internal void Add(string name, Tensor parameter) => RegisterParameter(name, parameter);

    internal void Add(string name, Module part) => RegisterModule(name, part);

    protected override Tensor ForwardCore(Tensor input) => throw new NotSupportedException(
        $"{kind} of TorchSharp has a forward pass of its own, which Kappa cannot run. Give a Sequential of layers that Kappa has, or the chains of which the "
        + "model consists");
}
