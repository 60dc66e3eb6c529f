using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Runs a node: its inputs to its outputs.</summary>
/// <param name="call">The inputs.</param>
internal delegate Value[] Operator(OperatorCall call);
