"""The pages that readers see: server-rendered, usable without JavaScript, in Chinese and English."""
