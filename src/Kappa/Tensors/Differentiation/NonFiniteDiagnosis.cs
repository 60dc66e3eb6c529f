namespace Kappa.Tensors.Differentiation;

/// <summary>Finds the operation in which a NaN or an infinity first arose.</summary>
internal static class NonFiniteDiagnosis
{
    /// <summary>Walks back from a value that is not finite to the earliest cause that can still be seen.</summary>
    internal static NonFiniteException Explain(Tensor output)
    {
        var current = output;
        int bad = current.FirstNonFinite();
        while (current.Producer is { } node)
        {
            Tensor? cause = null;
            int causeIndex = -1;
            int causeInput = -1;
            bool allSeen = true;
            for (int i = 0; i < node.InputCount && cause is null; i++)
            {
                var input = node.Input(i);
                if (input.IsReleased)
                {
                    allSeen = false;
                    continue;
                }

                causeIndex = input.FirstNonFinite();
                if (causeIndex >= 0)
                    (cause, causeInput) = (input, i);
            }

            if (cause is null)
            {
                return new NonFiniteException(
                    $"the loss is {output.ElementAsDouble(0)}: {node.Name} made {current.ElementAsDouble(bad)} at index {Position(current, bad)} of its result "
                    + $"{current.Shape} from {(allSeen ? "finite inputs" : "inputs of which some were given back and the others are finite")}. Lower the "
                    + "learning rate, or check the scale of the data and the weights");
            }

            if (cause.Producer is null)
            {
                string what = cause.RequiresGradient ? $"the parameter {cause.Name ?? "(unnamed)"}" : "the data";
                return new NonFiniteException(
                    $"the loss is {output.ElementAsDouble(0)}: {what} {cause.Shape}, input {causeInput} of {node.Name}, holds "
                    + $"{cause.ElementAsDouble(causeIndex)} at index {Position(cause, causeIndex)}");
            }

            (current, bad) = (cause, causeIndex);
        }

        return new NonFiniteException(
            $"{output.Name ?? "the value"} {output.Shape} holds {output.ElementAsDouble(Math.Max(bad, 0))} at index {Position(output, Math.Max(bad, 0))}");
    }

    /// <summary>A flat index as coordinates, such as <c>[3, 17]</c>.</summary>
    internal static string Position(Tensor tensor, int index)
    {
        var coordinates = new int[tensor.Rank];
        for (int axis = tensor.Rank - 1; axis >= 0; axis--)
        {
            coordinates[axis] = index % tensor.Shape[axis];
            index /= tensor.Shape[axis];
        }

        return $"[{string.Join(", ", coordinates)}]";
    }
}
