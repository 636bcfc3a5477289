"""Makes the ONNX files of Keras networks here; needs TensorFlow, Keras 3 and tf2onnx."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx

HERE = Path(__file__).parent
LAYERS = keras.layers


def save(name: str, inputs: int, *layers: Any) -> None:
    network = keras.Sequential([keras.Input((inputs,)), *layers])
    rng = np.random.default_rng(0)
    network.set_weights(
        [
            np.exp(rng.normal(size=each.shape))
            if "variance" in each.path
            else rng.normal(size=each.shape) / np.sqrt(each.shape[0])
            for each in network.weights
        ]
    )
    signature = [tf.TensorSpec((None, inputs), tf.float32, name="x")]
    call = tf.function(lambda x: network(x, training=False), input_signature=signature)
    model, _ = tf2onnx.convert.from_function(call, input_signature=signature, opset=17)
    onnx.save(model, HERE / f"keras-{name}.onnx")


def main() -> None:
    activations = ("relu", "tanh", "sigmoid", "elu", "selu", "silu", "softplus", "softsign")
    hidden = [LAYERS.Dense(4, name) for name in (*activations, keras.ops.sin)]
    save("activations", 2, *hidden, LAYERS.Dense(1, "sigmoid"))
    norms = (LAYERS.Dense(6, "relu"), LAYERS.BatchNormalization(), LAYERS.Dropout(0.2))
    norms += (LAYERS.Dense(5, "tanh"), LAYERS.LayerNormalization(), LAYERS.Dense(3, "softmax"))
    save("norms", 4, *norms)
    save("two-outputs", 2, LAYERS.Dense(4, "relu"), LAYERS.Dense(2, "softmax"))
    save("leaky", 2, LAYERS.Dense(4, "leaky_relu"), LAYERS.Dense(1, "sigmoid"))


if __name__ == "__main__":
    main()
