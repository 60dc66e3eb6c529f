using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>Where the rows of a step belong.</summary>
/// <param name="Sequences">The sequence of each row.</param>
/// <param name="Positions">Its position there.</param>
/// <param name="Cosines">Of the rotary embedding's angles at these positions; null without.</param>
/// <param name="Sines">Likewise.</param>
internal readonly record struct DecoderPlace(int[] Sequences, int[] Positions, Tensor? Cosines, Tensor? Sines);
